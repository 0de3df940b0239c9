package dev.flywheel.node.ops;

import java.util.List;
import java.util.function.Supplier;

/**
 * One part of a node as the dashboard shows it.
 *
 * @param url where it answers
 * @param metrics its numbers now; called from any thread, quick
 */
public record Part(String name, String url, Supplier<List<Metric>> metrics) {}
