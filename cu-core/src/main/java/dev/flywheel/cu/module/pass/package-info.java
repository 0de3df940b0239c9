/** What is changed in a module before it is compiled: one small class for each pass. */
@NullMarked
package dev.flywheel.cu.module.pass;

import org.jspecify.annotations.NullMarked;
