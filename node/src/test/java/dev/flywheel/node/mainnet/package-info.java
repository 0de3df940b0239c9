/** Tests of what the front reads. */
@NullMarked
package dev.flywheel.node.mainnet;

import org.jspecify.annotations.NullMarked;
