package dev.flywheel.protocol;

/**
 * One name and value of an item. Names are case-sensitive.
 *
 * @param name the name; may be empty
 * @param value the value; may be empty
 */
public record Tag(String name, String value) {}
