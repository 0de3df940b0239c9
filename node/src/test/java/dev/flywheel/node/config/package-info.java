/** Tests of the configuration. */
@NullMarked
package dev.flywheel.node.config;

import org.jspecify.annotations.NullMarked;
