/** What rewriting a module costs and gains. */
@NullMarked
package dev.flywheel.jmh.cu.module;

import org.jspecify.annotations.NullMarked;
