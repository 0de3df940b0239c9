package dev.flywheel.node.mainnet;

import dev.flywheel.cu.unit.http.Callers;
import dev.flywheel.platform.http.Answer;
import dev.flywheel.platform.http.Request;
import dev.flywheel.platform.http.Response;
import dev.flywheel.platform.http.Routes;
import dev.flywheel.platform.http.StatusException;
import dev.flywheel.protocol.Id;
import dev.flywheel.protocol.JsonText;
import dev.flywheel.protocol.Tag;
import dev.flywheel.protocol.Tags;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** Answers what paths ask for. Runs on threads that may block. */
final class MainnetRoutes {
    /** Whom a dry run is from that nobody signed; what the reference takes then. */
    private static final String ANYBODY = "1234";

    /** Tags of the client's item that say how to answer; a process has no use for them. */
    private static final Set<String> OF_THE_ANSWER =
            Set.of("signing-format", "accept-bundle", "accept-codec", "require-codec");

    private final NetworkUnits units;
    private final Intake intake;
    private final String address;
    private final ExecutorService blocking;
    private final Callers dryRuns = new Callers(MainnetLimits.DRY_RUNS_MAX);
    private final LongAdder accepted = new LongAdder();
    private final LongAdder reads = new LongAdder();
    private final LongAdder refused = new LongAdder();

    /**
     * @param address the node's
     */
    MainnetRoutes(NetworkUnits units, Intake intake, String address, ExecutorService blocking) {
        this.units = units;
        this.intake = intake;
        this.address = address;
        this.blocking = blocking;
    }

    Routes routes() {
        return new Routes()
                .takeRawPaths()
                .notFound(Routes.blocking(blocking, (request, params) -> answer(request)));
    }

    /** Messages and processes that were scheduled. */
    long accepted() {
        return accepted.sum();
    }

    /** Reads and dry runs answered. */
    long reads() {
        return reads.sum();
    }

    /** Requests refused, here or by a unit. */
    long refused() {
        return refused.sum();
    }

    private Response answer(Request request) throws InterruptedException {
        try {
            Response response = ask(request);
            if (response.status() >= 400) {
                refused.increment();
            }
            return response;
        } catch (StatusException e) {
            refused.increment();
            throw e;
        }
    }

    private Response ask(Request request) throws InterruptedException {
        Asked asked = Asked.of(request.rawPath(), request.rawQuery());
        if (asked instanceof Asked.Unknown) {
            return Response.error(
                    404,
                    "there is no %s %s here; supported are %s"
                            .formatted(
                                    request.method(),
                                    MainnetLimits.cut(request.rawPath()),
                                    Asked.SUPPORTED));
        }
        requireMethod(request, asked);
        SignedRequest signed = intake.read(request);
        if (signed != null) {
            requireTarget(signed, asked);
        }
        Codec codec = Codec.of(request, signed == null ? Tags.EMPTY : signed.tags());
        return switch (asked) {
            case Asked.Address known -> read(Answers.value(codec, address));
            case Asked.Spawn spawn -> spawn(codec, required(signed));
            case Asked.Push push -> push(codec, push.process(), required(signed));
            case Asked.NewestSlot slot ->
                    read(Answers.value(codec, units.newestSlot(slot.process())));
            case Asked.Result result -> read(result(codec, result));
            case Asked.DryRun dryRun -> read(dryRun(codec, dryRun, signed, request));
            case Asked.Unknown unknown -> throw new IllegalStateException("answered above");
        };
    }

    private Response read(Response response) {
        reads.increment();
        return response;
    }

    private static void requireMethod(Request request, Asked asked) {
        boolean writes = asked instanceof Asked.Spawn || asked instanceof Asked.Push;
        switch (request.method()) {
            case "POST" -> {}
            case "GET", "HEAD" -> {
                if (writes) {
                    throw new StatusException(405, "what is to be scheduled is sent with POST");
                }
            }
            default ->
                    throw new StatusException(
                            405, "there are GET, HEAD, POST and OPTIONS, not " + request.method());
        }
    }

    /** Else a signature for one process would do for another. */
    private static void requireTarget(SignedRequest signed, Asked asked) {
        Id process = asked.processOrNull();
        Id target = signed.target();
        if (asked instanceof Asked.Push && target == null) {
            throw new StatusException(
                    400,
                    "the message has no target; set it to the process of the path, " + process);
        }
        if (process != null && target != null && !target.equals(process)) {
            throw new StatusException(
                    400,
                    "the message's target is %s, the path's process is %s; nothing was done"
                            .formatted(target, process));
        }
    }

    private static SignedRequest required(@Nullable SignedRequest signed) {
        if (signed == null) {
            throw new StatusException(
                    400,
                    "nothing that is signed came with the request: send a data item with content-type application/ans104, or sign the request (RFC 9421, rsa-pss-sha512)");
        }
        return signed;
    }

    // ---- writes

    private Response spawn(Codec codec, SignedRequest signed) throws InterruptedException {
        requireType(signed, "Process", "a message goes to /PROCESS~process@1.0/push");
        Id id = signed.item().id();
        return deliver(codec, id, signed);
    }

    private Response push(Codec codec, Id process, SignedRequest signed)
            throws InterruptedException {
        requireType(signed, "Message", "a process goes to /push");
        return deliver(codec, process, signed);
    }

    /** Every Type that the item has, since units differ in which of several they read. */
    private static void requireType(SignedRequest signed, String type, String hint) {
        boolean any = false;
        for (Tag tag : signed.tags()) {
            if (tag.name().toLowerCase(Locale.ROOT).equals("type")) {
                any = true;
                if (!tag.value().equals(type)) {
                    throw new StatusException(
                            400,
                            "this path takes items of Type %s, this one is a %s; %s"
                                    .formatted(type, MainnetLimits.cut(tag.value()), hint));
                }
            }
        }
        if (!any) {
            throw new StatusException(400, "the item has no tag Type; set it to " + type);
        }
    }

    private Response deliver(Codec codec, Id process, SignedRequest signed)
            throws InterruptedException {
        Id id = signed.item().id();
        Answer taken = units.deliver(signed.item().bytes());
        // Also after a refusal: what was scheduled before is answered with its slot again.
        Long slot = units.slot(process, id);
        if (slot != null) {
            accepted.increment();
            return Answers.scheduled(codec, process, id, slot);
        }
        if (taken.isSuccess()) {
            return Response.error(
                    502,
                    "the messenger took %s, but this network's scheduler does not know it; the process may live elsewhere, ask there"
                            .formatted(id));
        }
        // The reference's messenger says 500 to whatever it refuses.
        int status = taken.status() == 500 ? 400 : taken.status();
        return Response.error(
                status, "the messenger did not take it: " + NetworkUnits.error(taken));
    }

    // ---- reads

    private Response result(Codec codec, Asked.Result asked) throws InterruptedException {
        Id process = asked.process();
        String place = asked.place();
        if (place == null) {
            place = Long.toString(units.newestSlot(process));
        }
        Answer answer = units.result(process, place);
        if (answer.status() == 200) {
            return Answers.result(codec, answer.body(), asked.bare());
        }
        // The compute unit cannot tell a slot that is not there from one that is late.
        if (!Id.isId(place)) {
            long newest = units.newestSlot(process);
            if (Long.parseLong(place) > newest) {
                return Response.error(
                        404,
                        "there is no slot %s of process %s; the newest is %d"
                                .formatted(place, process, newest));
            }
        }
        return unitError(answer);
    }

    private Response dryRun(
            Codec codec, Asked.DryRun asked, @Nullable SignedRequest signed, Request request)
            throws InterruptedException {
        byte[] message = dryRunMessage(asked, signed);
        dryRuns.enter(request.remoteAddress());
        try {
            Answer answer = units.dryRun(asked.process(), message);
            return answer.status() == 200
                    ? Answers.result(codec, answer.body(), false)
                    : unitError(answer);
        } finally {
            dryRuns.leave(request.remoteAddress());
        }
    }

    private static byte[] dryRunMessage(Asked.DryRun asked, @Nullable SignedRequest signed) {
        List<Tag> tags = new ArrayList<>(asked.tags());
        JsonText json = new JsonText().beginObject();
        json.name("Owner").string(signed == null ? ANYBODY : signed.signer());
        json.name("Target").string(asked.process().toString());
        if (signed != null) {
            json.name("Id").string(signed.id().toString());
            json.name("Data").string(signed.data());
            for (Tag tag : signed.tags()) {
                boolean named =
                        asked.tags().stream().anyMatch(other -> other.name().equals(tag.name()));
                if (!named && !OF_THE_ANSWER.contains(tag.name().toLowerCase(Locale.ROOT))) {
                    tags.add(tag);
                }
            }
        }
        return json.name("Tags").tags(Tags.of(tags)).endObject().toByteArray();
    }

    private static Response unitError(Answer answer) {
        int status = answer.status() < 400 ? 502 : answer.status();
        return Response.error(status, "the compute unit answered " + NetworkUnits.error(answer));
    }
}
