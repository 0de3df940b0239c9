/**
 * What a guest imports from its host: the functions of the module formats, and the guest's memory
 * as they see it.
 */
@NullMarked
package dev.flywheel.cu.guest.host;

import org.jspecify.annotations.NullMarked;
