/**
 * {@code flywheel doctor}: asks a HyperBEAM node and the compute unit beside it whether they
 * understand one another, and says what is wrong and what to do.
 */
@NullMarked
package dev.flywheel.node.doctor;

import org.jspecify.annotations.NullMarked;
