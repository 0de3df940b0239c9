package dev.flywheel.node.demo;

import java.net.URI;

/** Where a network is found: base URLs without a slash at the end. */
public record Network(URI gateway, URI su, URI mu, URI cu) {}
