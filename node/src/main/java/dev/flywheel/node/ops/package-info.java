/** The port for people: dashboard, health, readiness, metrics. */
@NullMarked
package dev.flywheel.node.ops;

import org.jspecify.annotations.NullMarked;
