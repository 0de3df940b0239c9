package dev.flywheel.cu.guest.hostile;

import static dev.flywheel.cu.guest.hostile.Binary.HEADER;
import static dev.flywheel.cu.guest.hostile.Binary.hex;
import static dev.flywheel.cu.guest.hostile.HostileModule.refused;

import dev.flywheel.cu.module.binary.Bytes;
import dev.flywheel.cu.module.binary.WasmOutput;
import java.util.List;

/** A function without parameters and results, with code that cannot be. */
final class BrokenCode {

    private static final String CASES =
            """
            no end                      | 01                  | blocks left open at the end of a function: 1
            code behind the end         | 0b 01               | code behind the end of a function
            two ends                    | 0b 0b               | code behind the end of a function
            block without end           | 0240 0b             | blocks left open at the end of a function: 1
            loop without end            | 0340 0b             | blocks left open at the end of a function: 1
            else without if             | 05 0b               | instruction belongs to no open block: opcode=0x5
            else in a block             | 0240 05 0b 0b       | instruction belongs to no open block: opcode=0x5
            two else                    | 41 00 0440 05 05 0b 0b | instruction belongs to no open block: opcode=0x5
            catch without try           | 07 00 0b            | instruction belongs to no open block: opcode=0x7
            catch behind catch_all      | 0640 19 07 00 0b 0b | instruction belongs to no open block: opcode=0x7
            catch_all without try       | 19 0b               | instruction belongs to no open block: opcode=0x19
            two catch_all               | 0640 19 19 0b 0b    | instruction belongs to no open block: opcode=0x19
            delegate without try        | 18 00 0b            | instruction belongs to no open block: opcode=0x18
            delegate out of a catch_all | 0640 19 18 00 0b    | instruction belongs to no open block: opcode=0x18
            delegate to nowhere         | 0640 18 07 0b       | no such label: label=7
            rethrow in the body         | 0640 09 00 19 0b 0b | rethrow of no caught exception
            rethrow in a function       | 09 00 0b            | rethrow of no caught exception
            rethrow to nowhere          | 0640 19 09 09 0b 0b | no such label: label=9
            catch of a missing tag      | 0640 07 00 0b 0b    | no such tag: index=0
            throw of a missing tag      | 08 00 0b            | no such tag: index=0
            throw in a try, missing tag | 0640 08 05 19 0b 0b | no such tag: index=5
            old in new exceptions       | 0640 1f40 00 0b 19 0b 0b | old and new exceptions in one function
            branch to nowhere           | 0c 01 0b            | no such label: label=1 open=1
            branch to label 2^31-1      | 0c ffffffff07 0b    | no such label: label=2147483647
            branch to label 2^32-1      | 0c ffffffff0f 0b    | number too large: value=4294967295
            br_if to nowhere            | 41 00 0d 03 0b      | no such label: label=3
            br_table, label nowhere     | 41 00 0e 01 09 00 0b | no such label: label=9
            br_table, default nowhere   | 41 00 0e 01 00 09 0b | no such label: label=9
            br_table of 2^28 labels     | 41 00 0e ffffffff00 0b | too many labels of a br_table: count=268435455 max=65520
            br_table longer than code   | 41 00 0e 20 00 0b   | more labels of a br_table than bytes
            try_table to nowhere        | 1f40 01 02 05 0b 0b | no such label: label=5
            try_table, clause of kind 4 | 1f40 01 04 00 0b 0b | clause of an unknown kind: kind=4
            try_table of 2^28 clauses   | 1f40 ffffffff00 0b 0b | too many clauses of a try_table
            select of 2^28 types        | 1c ffffffff00 0b    | too many types of a select
            select of a type 0          | 1c 01 00 0b         | value type not supported: type=0x0
            select of anyref            | 1c 01 6e 0b         | type=0x6e (proposal garbage collection is off)
            block of type 0x41          | 02 41 0b 0b         | block type not supported: type=-63
            block of a missing type     | 02 05 0b 0b         | no such type: index=5
            block of type 2^31          | 02 8080808008 0b 0b | no such type: index=2147483648
            block of (ref 0)            | 02 64 0b 0b         | type=-28 (proposal typed function references is off)
            try of a missing type       | 06 05 19 0b 0b      | no such type: index=5
            ref.null any                | d0 6e 1a 0b         | type=-18 (proposal garbage collection is off)
            ref.null of a type          | d0 00 1a 0b         | type=0 (proposal typed function references is off)
            ref.null i32                | d0 7f 1a 0b         | reference type not supported: type=-1
            opcode 0x16                 | 16 0b               | instruction not supported: opcode=0x16
            opcode 0x27                 | 27 0b               | instruction not supported: opcode=0x27
            opcode 0xc5                 | c5 0b               | instruction not supported: opcode=0xc5
            opcode 0xff                 | ff 0b               | instruction not supported: opcode=0xff
            return_call                 | 12 00 0b            | opcode=0x12 (proposal tail calls is off)
            return_call_indirect        | 13 00 00 0b         | opcode=0x13 (proposal tail calls is off)
            call_ref                    | 14 00 0b            | opcode=0x14 (proposal typed function references is off)
            return_call_ref             | 15 00 0b            | opcode=0x15 (proposal tail calls is off)
            ref.eq                      | d3 0b               | opcode=0xd3 (proposal garbage collection is off)
            ref.as_non_null             | d4 0b               | opcode=0xd4 (proposal typed function references is off)
            br_on_null                  | d5 00 0b            | opcode=0xd5 (proposal typed function references is off)
            br_on_non_null              | d6 00 0b            | opcode=0xd6 (proposal typed function references is off)
            cont.new                    | e0 00 0b            | opcode=0xe0 (proposal stack switching is off)
            suspend                     | e2 00 0b            | opcode=0xe2 (proposal stack switching is off)
            switch                      | e6 00 00 0b         | opcode=0xe6 (proposal stack switching is off)
            struct.new                  | fb 00 00 0b         | prefix=0xfb number=0 (proposal garbage collection is off)
            array.len                   | fb 0f 0b            | prefix=0xfb number=15 (proposal garbage collection is off)
            number missing, prefix fb   | fb                  | unexpected end
            number missing, prefix fc   | fc                  | unexpected end
            number missing, prefix fd   | fd                  | unexpected end
            number missing, prefix fe   | fe                  | unexpected end
            memory.discard              | fc 12 00 0b         | prefix=0xfc number=18 offset=
            i64.add128                  | fc 13 0b            | prefix=0xfc number=19 (proposal wide arithmetic is off)
            fc 23                       | fc 17 0b            | instruction not supported: prefix=0xfc number=23 offset=
            fc 2^31-1                   | fc ffffffff07 0b    | instruction not supported: prefix=0xfc number=2147483647
            fc 2^32-1                   | fc ffffffff0f 0b    | number too large: value=4294967295
            vector instruction 154      | fd 9a01 0b          | instruction not supported: prefix=0xfd number=154 offset=
            relaxed swizzle             | fd 8002 0b          | prefix=0xfd number=256 (proposal relaxed SIMD is off)
            relaxed madd                | fd 8502 0b          | prefix=0xfd number=261 (proposal relaxed SIMD is off)
            vector instruction 276      | fd 9402 0b          | instruction not supported: prefix=0xfd number=276 offset=
            vector instruction 4096     | fd 8020 0b          | instruction not supported: prefix=0xfd number=4096 offset=
            memory.atomic.notify        | fe 00 02 00 0b      | prefix=0xfe number=0 (proposal threads is off)
            atomic.fence                | fe 03 00 0b         | prefix=0xfe number=3 (proposal threads is off)
            load of memory 1            | 41 00 28 42 01 00 1a 0b | names its memory (proposal multi-memory is off)
            load, alignment 2^128       | 41 00 28 80 01 00 1a 0b | alignment too large: align=128
            load, alignment 8           | 41 00 28 03 00 1a 0b | does not compile
            load without a memory       | 41 00 28 02 00 1a 0b | does not compile
            load, offset of 11 bytes    | 41 00 28 02 8080808080808080808001 1a 0b | number of more than 64 bits
            load without offset         | 41 00 28 02         | unexpected end
            lane load without lane      | fd 54 00 00         | unexpected end
            memory.size of memory 1     | 3f 01 1a 0b         | not the first memory (proposal multi-memory is off)
            memory.size, padded         | 3f 8000 1a 0b       | not the first memory (proposal multi-memory is off)
            memory.grow of memory 1     | 41 00 40 01 1a 0b   | not the first memory (proposal multi-memory is off)
            memory.init without count   | 41 00 41 00 41 00 fc 08 00 00 0b | does not compile
            data.drop of nothing        | fc 09 00 0b         | does not compile
            elem.drop of nothing        | fc 0d 00 0b         | does not compile
            table.get of nothing        | 41 00 25 00 1a 0b   | does not compile
            call of nothing             | 10 05 0b            | no such function: index=5
            call of function 2^31       | 10 8080808008 0b    | number too large: value=2147483648
            call_indirect of nothing    | 41 00 11 00 00 0b   | no such table: index=0
            ref.func of nothing         | d2 05 1a 0b         | no such function: index=5
            local.get of nothing        | 20 00 1a 0b         | does not compile
            global.get of nothing       | 23 00 1a 0b         | no such global: index=0
            i32.const of 6 bytes        | 41 808080808000 1a 0b | number of more than 32 bits
            i32.const of 33 bits        | 41 ffffffff4f 1a 0b | number of more than 32 bits
            i64.const of 65 bits        | 42 ffffffffffffffffff02 1a 0b | number of more than 64 bits
            f32.const of three bytes    | 43 000000           | unexpected end
            f64.const of seven bytes    | 44 00000000000000   | unexpected end
            v128.const of 15 bytes      | fd 0c 000000000000000000000000000000 | unexpected end
            shuffle of 15 lanes         | fd 0d 000000000000000000000000000000 | unexpected end
            shuffle of lane 32          | fd 0c 00000000000000000000000000000000 fd 0c 00000000000000000000000000000000 fd 0d 20000000000000000000000000000000 1a 0b | does not compile
            operand missing             | 6a 1a 0b            | does not compile
            operand of another type     | 41 00 42 00 6a 1a 0b | does not compile
            value left over             | 41 00 0b            | does not compile
            drop of nothing             | 1a 0b               | does not compile
            if without a condition      | 0440 0b 0b          | does not compile
            branch without its value    | 027f 0c 00 0b 1a 0b | does not compile
            block without its value     | 027f 0b 1a 0b       | does not compile
            """;

    private BrokenCode() {}

    static List<HostileModule> all() {
        return CASES.lines().map(BrokenCode::of).toList();
    }

    private static HostileModule of(String line) {
        String[] parts = line.split("\\|", 3);
        String reason = parts[2].strip();
        String offset = reason.equals("does not compile") ? "offset " : " offset=";
        return refused(
                "code: " + parts[0].strip(),
                function(hex(parts[1].replace(" ", ""))),
                reason,
                offset);
    }

    private static byte[] function(byte[] code) {
        byte[] body = new WasmOutput(64).u8(0).bytes(Bytes.of(code)).toArray();
        WasmOutput section = new WasmOutput(64).unsigned(1).sized(Bytes.of(body));
        return new WasmOutput(128)
                .bytes(Bytes.of(hex(HEADER + "010401600000" + "03020100")))
                .u8(10)
                .sized(section)
                .toArray();
    }
}
