package dev.flywheel.jmh.cu.guest;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;

/** Messages as clients send them, of a process that evaluates what its owner says. */
public final class Scenario {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String PROCESS = "P".repeat(43);
    private static final String OWNER = "O".repeat(43);
    private static final String MODULE = "M".repeat(43);

    /** Of RSA with 4096 bits, as clients' wallets sign: 683 characters. */
    private static final String SIGNATURE = "S".repeat(683);

    private static final String PROCESS_TAGS =
            tags("Data-Protocol", "ao", "Variant", "ao.TN.1", "Type", "Process", "Module", MODULE);

    public static final String ENVIRONMENT =
            "{\"Process\":{\"Id\":\"%s\",\"Owner\":\"%s\",\"Tags\":%s},\"Module\":{\"Id\":\"%s\",\"Owner\":\"%s\",\"Tags\":[]}}"
                    .formatted(PROCESS, OWNER, PROCESS_TAGS, MODULE, OWNER);

    /** What the golden gas was recorded with, but for the failing ones that the unit undoes. */
    public static final List<String> CODE =
            List.of(
                    "1+1",
                    "print(\"hello\") print(42)",
                    "error(\"boom\")",
                    "x = = 1",
                    "return pcall(error,\"x\")",
                    "Send({Target=\"a\",Action=\"Ping\",Data=\"hello\"}) return #ao.outbox.Messages",
                    "ao.spawn(\"m\",{Data=\"child\"}) return 1",
                    "local t={} for i=1,20000 do t[i]=(i*7919)%20011 end table.sort(t) return t[1]",
                    "local c=0 for i=1,10000 do if not pcall(error,\"x\") then c=c+1 end end return c",
                    "return #string.rep(\"ab\",524288)",
                    "local f=io.open(\"/tmp/x\",\"w\") return tostring(f)",
                    "B=string.rep(\"y\",40*1024*1024) return #B",
                    "return 1");

    private int nonce;

    /** The process itself, then an Eval for each piece of code. */
    public List<String> golden() {
        List<String> messages = new ArrayList<>();
        messages.add(spawn());
        CODE.forEach(code -> messages.add(eval(code)));
        return messages;
    }

    String spawn() {
        return message(PROCESS, "x", PROCESS_TAGS);
    }

    String eval(String code) {
        String number = String.valueOf(nonce);
        return message(
                "E".repeat(43 - number.length()) + number,
                code,
                tags(
                        "Data-Protocol",
                        "ao",
                        "Variant",
                        "ao.TN.1",
                        "Type",
                        "Message",
                        "SDK",
                        "aoconnect",
                        "Content-Type",
                        "text/plain",
                        "Action",
                        "Eval"));
    }

    private String message(String id, String data, String tags) {
        int now = nonce++;
        return ("{\"Id\":\"%s\",\"Signature\":\"%s\",\"Data\":%s,\"Owner\":\"%s\",\"Target\":\"%s\",\"Anchor\":\"%032d\","
                        + "\"From\":\"%s\",\"Tags\":%s,\"Epoch\":0,\"Nonce\":%d,\"Timestamp\":%d,\"Block-Height\":%d,"
                        + "\"Hash-Chain\":\"%s\",\"Module\":\"%s\",\"Cron\":false,\"Read-Only\":false}")
                .formatted(
                        id,
                        SIGNATURE,
                        JSON.writeValueAsString(data),
                        OWNER,
                        PROCESS,
                        now,
                        OWNER,
                        tags,
                        now,
                        1_700_000_000_000L + now * 1000L,
                        1_300_000 + now,
                        "H".repeat(43),
                        MODULE);
    }

    private static String tags(String... namesAndValues) {
        List<String> tags = new ArrayList<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            tags.add(
                    "{\"name\":\"%s\",\"value\":\"%s\"}"
                            .formatted(namesAndValues[i], namesAndValues[i + 1]));
        }
        return "[" + String.join(",", tags) + "]";
    }
}
