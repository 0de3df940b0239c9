/**
 * The results that were computed: in a database that survives restarts, and the newest in memory.
 */
@NullMarked
package dev.flywheel.cu.unit.store;

import org.jspecify.annotations.NullMarked;
