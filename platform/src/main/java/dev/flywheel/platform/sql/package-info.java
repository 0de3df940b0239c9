/** The embedded SQL store (SQLite): one writer, several readers, write-ahead log. */
@NullMarked
package dev.flywheel.platform.sql;

import org.jspecify.annotations.NullMarked;
