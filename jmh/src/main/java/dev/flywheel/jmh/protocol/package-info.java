/** Suite {@code protocol}: reading and checking signed items; its peer is arbundles in Node.js. */
@NullMarked
package dev.flywheel.jmh.protocol;

import org.jspecify.annotations.NullMarked;
