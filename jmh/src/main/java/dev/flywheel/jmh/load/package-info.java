/** Load on running networks, over HTTP as clients make it. */
@NullMarked
package dev.flywheel.jmh.load;

import org.jspecify.annotations.NullMarked;
