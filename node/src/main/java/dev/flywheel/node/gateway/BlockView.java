package dev.flywheel.node.gateway;

/**
 * A block as clients see it.
 *
 * @param id base64url of 48 bytes
 * @param timestampSeconds since 1970
 * @param previous id of the block before, empty for the first
 */
public record BlockView(String id, long height, long timestampSeconds, String previous) {}
