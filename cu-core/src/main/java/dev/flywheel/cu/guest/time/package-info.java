/** Clock, calendar and time texts as guests see them. */
@NullMarked
package dev.flywheel.cu.guest.time;

import org.jspecify.annotations.NullMarked;
