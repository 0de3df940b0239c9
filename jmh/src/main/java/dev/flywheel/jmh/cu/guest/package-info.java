/** What an evaluation costs. */
@NullMarked
package dev.flywheel.jmh.cu.guest;

import org.jspecify.annotations.NullMarked;
