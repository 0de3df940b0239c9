/** Whole networks in JVMs of their own, seen from outside as their clients see them. */
@NullMarked
package dev.flywheel.node.network;

import org.jspecify.annotations.NullMarked;
