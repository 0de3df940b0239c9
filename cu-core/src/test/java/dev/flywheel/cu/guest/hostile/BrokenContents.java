package dev.flywheel.cu.guest.hostile;

import static dev.flywheel.cu.guest.hostile.Binary.HEADER;
import static dev.flywheel.cu.guest.hostile.Binary.hex;
import static dev.flywheel.cu.guest.hostile.HostileModule.refused;

import java.util.List;

/** Small binaries, each with one thing in a section that cannot be. */
final class BrokenContents {

    /** Name, binary (h is the header, t a type section with () -> ()), reason. */
    private static final String CASES =
            """
            no bytes                        | -                          | not a WebAssembly binary of version 1 offset=0
            three bytes                     | 006173                     | not a WebAssembly binary of version 1 offset=0
            header without version          | 0061736d                   | not a WebAssembly binary of version 1 offset=0
            version 2                       | 0061736d02000000           | not a WebAssembly binary of version 1 offset=0
            a component                     | 0061736d0d000100           | not a WebAssembly binary of version 1 offset=0
            wrong magic                     | 0061736e01000000           | not a WebAssembly binary of version 1 offset=0
            ELF                             | 7f454c4602010100           | not a WebAssembly binary of version 1 offset=0
            gzip                            | 1f8b080000000000           | not a WebAssembly binary of version 1 offset=0
            JSON                            | 7b226f6b223a7472           | not a WebAssembly binary of version 1 offset=0
            two headers                     | h 0061736d01000000         | unexpected end: wanted=97
            section 14                      | h 0e00                     | section unknown, doubled or out of order: number=14 offset=8
            section 127                     | h 7f00                     | section unknown, doubled or out of order: number=127 offset=8
            section 255                     | h ff00                     | section unknown, doubled or out of order: number=255 offset=8
            section number alone            | h 01                       | unexpected end offset=9
            section behind the end          | h 0105                     | unexpected end: wanted=5 left=0 offset=10
            data before code                | h 0b0100 0a0100            | section unknown, doubled or out of order: number=10
            data count behind code          | h 0a0100 0c0100            | section unknown, doubled or out of order: number=12
            tag behind global               | h 060100 0d0100            | section unknown, doubled or out of order: number=13
            custom section without a name   | h 0000                     | unexpected end offset=10
            custom name longer than section | h 000205 61                | unexpected end: wanted=5 left=1
            custom name not UTF-8           | h 000201 ff                | name is not UTF-8 offset=10
            custom name cut in a character  | h 000201 c3                | name is not UTF-8 offset=10
            custom name overlong UTF-8      | h 000302 c080              | name is not UTF-8 offset=10
            custom name half a surrogate    | h 000403 eda080            | name is not UTF-8 offset=10
            custom name beyond Unicode      | h 000504 f4908080          | name is not UTF-8 offset=10
            custom name length of 5 GiB     | h 0006 ffffffff7f 61       | number of more than 32 bits
            type of form 0                  | h 0104 01 00 00 00         | not a function type: form=0x0 offset=12
            type of form 0x40               | h 0104 01 40 00 00         | not a function type: form=0x40
            a structure                     | h 0103 01 5f 00            | form=0x5f (proposal garbage collection is off)
            an array                        | h 0104 01 5e 7f 00         | form=0x5e (proposal garbage collection is off)
            a group of types                | h 0106 01 4e 01 60 00 00   | form=0x4e (proposal garbage collection is off)
            a subtype                       | h 0106 01 50 00 60 00 00   | form=0x50 (proposal garbage collection is off)
            a final subtype                 | h 0106 01 4f 00 60 00 00   | form=0x4f (proposal garbage collection is off)
            a continuation                  | h 0103 01 5d 00            | form=0x5d (proposal stack switching is off)
            a shared type                   | h 0105 01 65 60 00 00      | form=0x65 (proposal shared-everything threads is off)
            a type of 1,001 parameters      | h 0105 01 60 e907 00       | too many values of a type: count=1001 max=1000
            parameters longer than section  | h 0104 01 60 05 7f         | more values of a type than bytes: count=5 left=1
            results missing                 | h 0103 01 60 00            | unexpected end
            parameter of type 0x40          | h 0105 01 60 01 40 00      | value type not supported: type=0x40
            parameter of type 0             | h 0105 01 60 01 00 00      | value type not supported: type=0x0
            parameter of packed type        | h 0105 01 60 01 78 00      | type=0x78 (proposal garbage collection is off)
            parameter of type anyref        | h 0105 01 60 01 6e 00      | type=0x6e (proposal garbage collection is off)
            parameter of type structref     | h 0105 01 60 01 6b 00      | type=0x6b (proposal garbage collection is off)
            parameter of type nullref       | h 0105 01 60 01 71 00      | type=0x71 (proposal garbage collection is off)
            parameter of type contref       | h 0105 01 60 01 68 00      | type=0x68 (proposal stack switching is off)
            parameter (ref 0)               | h 0106 01 60 01 64 00 00   | type=0x64 (proposal typed function references is off)
            parameter (ref null func)       | h 0106 01 60 01 63 70 00   | type=0x63 (proposal typed function references is off)
            result of type 0x80             | h 0105 01 60 00 01 80      | value type not supported: type=0x80
            import of a missing type        | h 0207 01 0161 0162 00 00  | index points to nothing: of=type index=0 size=0
            import of kind 5                | h 0207 01 0161 0162 05 00  | import of an unknown kind: kind=5
            import of kind 0x20             | t 0207 01 0161 0162 20 00  | import of an unknown kind: kind=32
            compact imports                 | t 020a 01 0161 00 7f 01 0162 0000 | import of an unknown kind: kind=127
            import, module not UTF-8        | t 0207 01 01ff 0162 00 00  | name is not UTF-8
            import, name not UTF-8          | t 0207 01 0161 01ff 00 00  | name is not UTF-8
            import of a shared memory       | h 0209 01 0161 0162 02 03 01 01 | limits not supported: flags=3 (proposal threads is off)
            import of small pages           | h 0209 01 0161 0162 02 08 01 00 | limits not supported: flags=8 (proposal custom page sizes is off)
            import of a 64-bit table        | h 0209 01 0161 0162 01 70 04 01 | 64-bit tables are not supported
            import of a table of i32        | h 0209 01 0161 0162 01 7f 00 01 | table of unsupported elements: type=0x7f
            import of a global of type 0    | h 0208 01 0161 0162 03 00 00 | value type not supported: type=0x0
            import of a shared global       | h 0208 01 0161 0162 03 7f 02 | global of unknown mutability: mutability=2
            import of a tag, attribute 1    | t 0208 01 0161 0162 04 01 00 | tag of an unknown attribute
            import of a tag, missing type   | h 0208 01 0161 0162 04 00 00 | index points to nothing: of=type
            function of a missing type      | h 030201 05 0a040102000b   | index points to nothing: of=type index=5 size=0
            function of type 2^32-1         | t 030601 ffffffff0f 0a040102000b | number too large: value=4294967295
            functions without code          | t 030201 00                | functions without code: declared=1 bodies=0
            code without functions          | t 0a040102000b             | function bodies and declarations differ: bodies=1 declared=0
            table of type 0x40              | h 0404 01 40 00 01         | type=0x40 (proposal typed function references is off)
            table of i32                    | h 0404 01 7f 00 01         | table of unsupported elements: type=0x7f
            table of anyref                 | h 0404 01 6e 00 01         | type=0x6e (proposal garbage collection is off)
            table, shared                   | h 0405 01 70 03 01 01      | limits not supported: flags=3
            table of 64 bits                | h 0404 01 70 04 01         | 64-bit tables are not supported
            table, flags 0x80               | h 0405 01 70 80 01 01      | limits not supported: flags=128
            table of 2^20 elements          | h 0406 01 70 00 808040     | table too large: elements=1048576 max=1000000
            table of 2^32 elements          | h 0408 01 70 00 8080808010 | limits out of range: minimum=4294967296
            table minimum of 11 bytes       | h 040e 01 70 00 8080808080808080808001 | number of more than 64 bits
            table, maximum below minimum    | h 0405 01 70 01 05 04      | does not compile
            17 tables                       | h 0401 11                  | too many tables: count=17 max=16
            two memories                    | h 0505 02 00 01 00 01      | too many memories: count=2 max=1
            memory imported and own         | h 0208 01 0161 0162 02 00 01 0503 01 00 01 | too many memories or tables
            shared memory                   | h 0504 01 03 01 02         | flags=3 (proposal threads is off)
            shared memory without maximum   | h 0503 01 02 01            | flags=2 (proposal threads is off)
            memory of small pages           | h 0504 01 08 01 00         | flags=8 (proposal custom page sizes is off)
            memory, flags 0x10              | h 0503 01 10 01            | limits not supported: flags=16 offset=
            memory of 2^16+1 pages          | h 0505 01 00 818004        | does not compile
            memory, maximum below minimum   | h 0504 01 01 05 04         | does not compile
            memory64 of 2^48+1 pages        | h 0509 01 04 81808080808040 | limits out of range: minimum=
            memory64 of 2^64-1 pages        | h 050c 01 04 ffffffffffffffffff01 | limits out of range: minimum=18446744073709551615
            memory64, maximum 2^64-1        | h 050d 01 05 01 ffffffffffffffffff01 | limits out of range: minimum=1 maximum=18446744073709551615
            memory without minimum          | h 0502 01 00               | unexpected end
            memory without maximum          | h 0503 01 01 01            | unexpected end
            tag of attribute 1              | t 0d03 01 01 00            | tag of an unknown attribute
            tag of a missing type           | t 0d03 01 00 01            | index points to nothing: of=type index=1 size=1
            tag with results                | h 0105 01 60 00 01 7f 0d03 01 00 00 | does not compile
            global of type 0                | h 0605 01 00 00 41 0b      | value type not supported: type=0x0
            global of mutability 2          | h 0606 01 7f 02 41 00 0b   | global of unknown mutability: mutability=2
            global without value            | h 0603 01 7f 00            | constant expression without end
            global, value without end       | h 0605 01 7f 00 41 00      | constant expression without end
            global, value of another type   | h 0606 01 7e 00 41 00 0b   | does not compile
            global, value not constant      | h 0607 01 7f 00 3f 00 0b 0b | section is longer than what it holds
            global, value calls             | t 0606 01 7f 00 10 00 0b   | does not compile
            global, value is a block        | h 0608 01 7f 00 02 40 0b 0b 00 | block in a constant expression
            global, value of no instruction | h 0604 01 7f 00 0b         | does not compile
            global, value of two            | h 0608 01 7f 00 41 00 41 00 0b | does not compile
            global, value of itself         | h 0606 01 7f 00 23 00 0b   | does not compile
            global, value of a later one    | h 060b 02 7f 00 23 01 0b 7f 00 41 00 0b | does not compile
            global, value of a mutable one  | h 060b 02 7f 01 41 00 0b 7f 00 23 00 0b | does not compile
            global, function that is missing| h 0606 01 70 00 d2 05 0b   | does not compile
            global, unknown instruction     | h 0605 01 7f 00 ff 0b      | instruction not supported: opcode=0xff offset=13
            global, i31                     | h 0609 01 7f 00 41 00 fb 1c 0b 00 | prefix=0xfb number=28 (proposal garbage collection is off)
            global, i32.const of 6 bytes    | h 060b 01 7f 00 41 808080808000 0b | number of more than 32 bits
            export of kind 9                | h 0705 01 0161 09 00       | export of an unknown kind: kind=9
            export of a missing function    | h 0705 01 0161 00 00       | index points to nothing: of=function index=0 size=0
            export of a missing table       | h 0705 01 0161 01 00       | index points to nothing: of=table
            export of a missing memory      | h 0705 01 0161 02 00       | index points to nothing: of=memory
            export of a missing global      | h 0705 01 0161 03 00       | index points to nothing: of=global
            export of a missing tag         | h 0705 01 0161 04 00       | index points to nothing: of=tag
            export of index 2^31            | h 0709 01 0161 00 8080808008 | number too large: value=2147483648
            export, name not UTF-8          | h 0705 01 01ff 02 00       | name is not UTF-8
            export, name behind the section | h 0705 01 7f61 02 00       | unexpected end: wanted=127
            two exports of one name         | h 0503 01 00 01 0709 02 0161 02 00 0161 02 00 | two exports of one name
            export of a reserved name       | h 0503 01 00 01 0711 01 0d 666c79776865656c2e67617331 02 00 | export name is reserved: prefix=flywheel.
            start of a missing function     | h 0801 00                  | index points to nothing: of=start function index=0
            start with parameters           | h 0105 01 60 01 7f 00 030201 00 0801 00 0a040102000b | does not compile
            start with two indices          | t 030201 00 0802 00 00 0a040102000b | section is longer than what it holds: number=8
            elements of form 8              | h 0902 01 08               | element segment of an unknown form: flags=8
            elements without a table        | t 0906 01 00 41 00 0b 00   | index points to nothing: of=table index=0 size=0
            elements, missing function      | h 0404 01 70 00 01 0907 01 00 41 00 0b 01 07 | index points to nothing: of=function index=7
            elements of kind 1              | h 0404 01 70 00 01 0904 01 01 01 00 | element segment of unsupported items: kind=0x1
            elements of i32                 | h 0404 01 70 00 01 0904 01 05 7f 00 | element segment of unsupported items: kind=0x7f
            elements of anyref              | h 0404 01 70 00 01 0904 01 05 6e 00 | kind=0x6e (proposal garbage collection is off)
            elements, offset without end    | h 0404 01 70 00 01 0904 01 00 41 00 | constant expression without end
            elements, offset of i64         | h 0404 01 70 00 01 0906 01 00 42 00 0b 00 | does not compile
            elements, item without end      | h 0404 01 70 00 01 0906 01 05 70 01 d0 70 | constant expression without end
            elements, more than bytes       | h 0404 01 70 00 01 0904 01 01 00 7f | more table entries than bytes: count=127 left=0
            elements, item is a number      | h 0404 01 70 00 01 0908 01 05 70 01 41 00 0b 00 | section is longer
            code, body longer than section  | t 030201 00 0a040105000b   | unexpected end: wanted=5 left=2
            code, body shorter than code    | t 030201 00 0a05010200 0b 0b | section is longer than what it holds: number=10
            code, empty body                | t 030201 00 0a02 01 00     | unexpected end
            code, locals behind the body    | t 030201 00 0a04 01 02 05 0b | more runs of locals than bytes: count=5 left=1
            code, 2^32-1 locals             | t 030201 00 0a0a 01 08 01 ffffffff0f 7f 0b | number too large: value=4294967295
            code, 50,000 locals             | t 030201 00 0a08 01 06 01 d08603 7f 0b | too many locals: count=50000
            code, locals in two runs        | t 030201 00 0a0c 01 0a 02 a8c301 7f a8c301 7e 0b | too many locals: count=50000
            code, locals of type 0x40       | t 030201 00 0a06 01 04 01 01 40 0b | value type not supported: type=0x40
            code, locals of anyref          | t 030201 00 0a06 01 04 01 01 6e 0b | type=0x6e (proposal garbage collection is off)
            data of form 3                  | h 0503 01 00 01 0b02 01 03 | data segment of an unknown form: flags=3
            data without a memory           | h 0b06 01 00 41 00 0b 00   | index points to nothing: of=memory index=0 size=0
            data of memory 1                | h 0503 01 00 01 0b07 01 02 01 41 00 0b 00 | index points to nothing: of=memory index=1
            data, offset without end        | h 0503 01 00 01 0b04 01 00 41 00 | constant expression without end
            data, offset of a float         | h 0503 01 00 01 0b09 01 00 43 00000000 0b 00 | does not compile
            data, longer than the section   | h 0503 01 00 01 0b07 01 00 41 00 0b 05 61 | unexpected end: wanted=5 left=1
            data outside of the memory      | h 0503 01 00 01 0b0a 01 00 41 ffff03 0b 02 6162 | data outside of the memory: start=65535 bytes=2 memoryBytes=65536
            data below the memory           | h 0503 01 00 01 0b07 01 00 41 7f 0b 01 61 | data outside of the memory: start=4294967295
            data outside of a memory64      | h 0503 01 04 01 0b07 01 00 42 7f 0b 01 61 | data outside of the memory: start=18446744073709551615
            data in a memory of no pages    | h 0503 01 00 00 0b07 01 00 41 00 0b 01 61 | data outside of the memory: start=0 bytes=1 memoryBytes=0
            data count, no data             | h 0c01 01                  | data segments are miscounted: count=1 segments=0
            data count of 2^32-1            | h 0c05 ffffffff0f          | number too large: value=4294967295
            """;

    private BrokenContents() {}

    static List<HostileModule> all() {
        return CASES.lines().map(BrokenContents::of).toList();
    }

    private static HostileModule of(String line) {
        String[] parts = line.split("\\|", 3);
        String binary =
                parts[1].replace("-", "")
                        .replace("h", HEADER)
                        .replace("t", HEADER + "010401600000");
        String reason = parts[2].strip();
        return refused(
                parts[0].strip(),
                hex(binary),
                reason.contains("compile")
                        ? new String[] {reason, "offset "}
                        : new String[] {reason, " offset="});
    }
}
