package dev.flywheel.platform.http;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which handler answers which request. Templates are paths with names in braces, one for each
 * segment: {@code /result/{id}}. A fixed segment wins over a name. Built once, before the edge
 * starts; not thread-safe while it is built.
 */
public final class Routes {
    private static final Logger LOG = LoggerFactory.getLogger(Routes.class);

    private final List<Route> routes = new ArrayList<>();
    private Handler notFound =
            (request, params) ->
                    CompletableFuture.completedFuture(
                            Response.error(
                                    404,
                                    "Route "
                                            + request.method()
                                            + ":"
                                            + request.path()
                                            + " not found"));
    private BiFunction<Request, Throwable, @Nullable Response> errors = (request, failure) -> null;
    private boolean rawPaths;

    record Route(
            String method,
            String template,
            List<String> segments,
            List<String> names,
            Handler handler,
            @Nullable UploadRoute upload) {
        int fixedSegments() {
            return segments.size() - names.size();
        }

        @Nullable PathParams match(String[] path) {
            if (path.length != segments.size()) {
                return null;
            }
            String[] values = new String[names.size()];
            int n = 0;
            for (int i = 0; i < path.length; i++) {
                String segment = segments.get(i);
                if (segment.startsWith("{")) {
                    if (path[i].isEmpty()) {
                        return null;
                    }
                    values[n++] = path[i];
                } else if (!segment.equals(path[i])) {
                    return null;
                }
            }
            return names.isEmpty() ? PathParams.NONE : new PathParams(names, values);
        }
    }

    /** Takes a body of at most so many bytes as it comes. */
    record UploadRoute(long bytesMax, UploadHandler handler) {}

    /**
     * A handler and what its template's names stand for.
     *
     * @param upload takes the place of the handler where the body is not to be held
     */
    record Match(Handler handler, PathParams params, @Nullable UploadRoute upload) {}

    public Routes get(String template, Handler handler) {
        return any("GET", template, handler);
    }

    public Routes post(String template, Handler handler) {
        return any("POST", template, handler);
    }

    public Routes delete(String template, Handler handler) {
        return any("DELETE", template, handler);
    }

    /** Adds a route for POST whose body is read as it comes, at most {@code bytesMax} of it. */
    public Routes upload(String template, long bytesMax, UploadHandler handler) {
        return add("POST", template, notFound, new UploadRoute(bytesMax, handler));
    }

    /** Adds a route for a method in capitals. GET routes answer HEAD too. */
    public Routes any(String method, String template, Handler handler) {
        return add(method, template, handler, null);
    }

    private Routes add(
            String method, String template, Handler handler, @Nullable UploadRoute upload) {
        List<String> segments = List.of(split(template));
        List<String> names =
                segments.stream()
                        .filter(s -> s.startsWith("{"))
                        .map(s -> s.substring(1, s.length() - 1))
                        .toList();
        routes.add(new Route(method, template, segments, names, handler, upload));
        routes.sort(Comparator.comparingInt(Route::fixedSegments).reversed());
        return this;
    }

    /** Answers what no route matches; default is 404 with {@code {"error":…}}. */
    public Routes notFound(Handler handler) {
        notFound = handler;
        return this;
    }

    /**
     * Has paths and queries come undecoded, for a server that reads more into a path than its
     * segments: once {@code %26} is an ampersand nobody can tell it from one.
     */
    public Routes takeRawPaths() {
        rawPaths = true;
        return this;
    }

    boolean takesRawPaths() {
        return rawPaths;
    }

    /**
     * Turns a failure into an answer; null leaves it to the default ({@link StatusException}, else
     * 500).
     */
    public Routes onError(BiFunction<Request, Throwable, @Nullable Response> mapper) {
        errors = mapper;
        return this;
    }

    /** A handler whose calls run on {@code executor}, where they may block. */
    public static Handler blocking(Executor executor, BlockingHandler handler) {
        return (request, params) ->
                CompletableFuture.supplyAsync(
                        () -> {
                            try {
                                return handler.handle(request, params);
                            } catch (RuntimeException | Error e) {
                                throw e;
                            } catch (Exception e) {
                                throw new CompletionException(e);
                            }
                        },
                        executor);
    }

    Match match(String method, String path) {
        String wanted = method.equals("HEAD") ? "GET" : method;
        String[] segments = split(path);
        for (Route route : routes) {
            if (route.method.equals(wanted)) {
                PathParams params = route.match(segments);
                if (params != null) {
                    return new Match(route.handler, params, route.upload);
                }
            }
        }
        return new Match(notFound, PathParams.NONE, null);
    }

    Response failure(Request request, Throwable thrown) {
        Throwable cause = thrown;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        Response mapped = errors.apply(request, cause);
        if (mapped != null) {
            return mapped;
        }
        if (cause instanceof StatusException refused) {
            return Response.error(refused.status(), String.valueOf(refused.getMessage()));
        }
        LOG.error("request failed request={}", request, cause);
        return Response.error(500, "internal error: " + cause);
    }

    private static String[] split(String path) {
        String trimmed = path.startsWith("/") ? path.substring(1) : path;
        return trimmed.split("/", -1);
    }
}
