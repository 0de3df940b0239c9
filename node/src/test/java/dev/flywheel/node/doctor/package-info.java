/** Tests of the doctor. */
@NullMarked
package dev.flywheel.node.doctor;

import org.jspecify.annotations.NullMarked;
