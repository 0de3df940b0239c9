/** What the compute unit asks schedulers and gateways: process records, logs, modules, blocks. */
@NullMarked
package dev.flywheel.cu.unit.peer;

import org.jspecify.annotations.NullMarked;
