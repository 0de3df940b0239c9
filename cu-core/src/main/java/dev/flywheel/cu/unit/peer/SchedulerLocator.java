package dev.flywheel.cu.unit.peer;

import dev.flywheel.cu.unit.UnitLimits;
import dev.flywheel.platform.http.StatusException;
import dev.flywheel.protocol.Id;
import dev.flywheel.protocol.Tag;
import dev.flywheel.protocol.Tags;
import java.net.URI;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where the log of a process is: at the configured scheduler, else where the Scheduler-Location of
 * its Scheduler tag says. Blocks. Thread-safe.
 */
public final class SchedulerLocator {
    private final @Nullable String configured;
    private final Gateway gateway;
    private final InstantSource clock;
    private final Map<Id, Located> located =
            new LinkedHashMap<>() {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<Id, Located> eldest) {
                    return size() > UnitLimits.LOCATIONS_MAX;
                }
            };

    private record Located(String url, long untilMs) {}

    /**
     * @param configured the scheduler of all processes, or null
     */
    public SchedulerLocator(@Nullable URI configured, Gateway gateway, InstantSource clock) {
        this.configured = configured == null ? null : base(configured.toString());
        this.gateway = gateway;
        this.clock = clock;
    }

    /**
     * Base URL without a slash at the end.
     *
     * @throws StatusException in the reference's words when there is no such process or location
     */
    public String locate(Id process) {
        if (configured != null) {
            return configured;
        }
        synchronized (located) {
            Located known = located.get(process);
            if (known != null && clock.millis() < known.untilMs()) {
                return known.url();
            }
        }
        Located found = find(process);
        synchronized (located) {
            located.put(process, found);
        }
        return found.url();
    }

    private Located find(Id process) {
        Tags tags;
        try {
            tags = gateway.item(process).tags();
        } catch (StatusException e) {
            if (e.status() != 500) {
                throw e;
            }
            throw new StatusException(
                    404, "TransactionNotFound: Process " + process + " was not found on gateway");
        }
        String scheduler = named(tags, "Scheduler");
        if (scheduler == null) {
            throw new StatusException(
                    500, "SchedulerTagNotFound: No \"Scheduler\" tag found on process");
        }
        Tags location = gateway.schedulerLocation(scheduler);
        if (location == null) {
            throw new StatusException(
                    500,
                    "TransactionNotFound: Could not find 'Scheduler-Location' owner by wallet "
                            + scheduler);
        }
        String url = named(location, "Url");
        String timeToLive = named(location, "Time-To-Live");
        if (url == null || timeToLive == null) {
            throw invalid(
                    "No \""
                            + (url == null ? "Url" : "Time-To-Live")
                            + "\" tag found on Scheduler-Location");
        }
        if (!isHttp(url)) {
            throw invalid("\"Url\" is no http address: " + Peers.brief(url));
        }
        return new Located(base(url), clock.millis() + liveMs(timeToLive));
    }

    private static boolean isHttp(String url) {
        try {
            String scheme = URI.create(url).getScheme();
            return "http".equals(scheme) || "https".equals(scheme);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static StatusException invalid(String why) {
        return new StatusException(500, "InvalidSchedulerLocation: " + why);
    }

    private static long liveMs(String text) {
        try {
            return Math.clamp(
                    Long.parseLong(text.strip()),
                    UnitLimits.LOCATION_MS_MIN,
                    UnitLimits.LOCATION_MS_MAX);
        } catch (NumberFormatException e) {
            return UnitLimits.LOCATION_MS_MIN;
        }
    }

    /** Names of these tags are matched in any letter case, as scheduler-utils does. */
    private static @Nullable String named(Tags tags, String name) {
        for (Tag tag : tags) {
            if (tag.name().equalsIgnoreCase(name) && !tag.value().isEmpty()) {
                return tag.value();
            }
        }
        return null;
    }

    private static String base(String url) {
        return url.replaceAll("/+$", "");
    }
}
