/** Tests of the gateway over real HTTP, SQLite and files. */
@NullMarked
package dev.flywheel.node.gateway;

import org.jspecify.annotations.NullMarked;
