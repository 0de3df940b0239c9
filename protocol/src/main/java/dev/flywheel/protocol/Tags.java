package dev.flywheel.protocol;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The tags of an item in their order; names may repeat. Immutable. Lookups walk the list: items
 * carry few tags.
 */
public final class Tags implements Iterable<Tag> {
    /** No tags. */
    public static final Tags EMPTY = new Tags(List.of());

    private final List<Tag> list;

    private Tags(List<Tag> list) {
        this.list = list;
    }

    /** These tags in this order. */
    public static Tags of(Tag... tags) {
        return new Tags(List.of(tags));
    }

    /** A copy of this list. */
    public static Tags of(List<Tag> tags) {
        return tags.isEmpty() ? EMPTY : new Tags(List.copyOf(tags));
    }

    /**
     * Names and values in turn.
     *
     * @throws IllegalArgumentException if a value is missing
     */
    public static Tags ofPairs(String... namesAndValues) {
        if (namesAndValues.length % 2 != 0) {
            throw new IllegalArgumentException(
                    "Names and values come in pairs, got " + namesAndValues.length + " texts");
        }
        List<Tag> tags = new ArrayList<>(namesAndValues.length / 2);
        for (int i = 0; i < namesAndValues.length; i += 2) {
            tags.add(new Tag(namesAndValues[i], namesAndValues[i + 1]));
        }
        return of(tags);
    }

    /**
     * Reads an encoded tag block (an Avro array; several blocks and negative counts are
     * understood). Text that is not UTF-8 is decoded with replacement characters.
     *
     * @throws MalformedItemException if the bytes are not exactly one such array, or above the
     *     limits
     */
    public static Tags decode(byte[] bytes) throws MalformedItemException {
        return AvroTags.decode(bytes, 0, bytes.length);
    }

    /**
     * The encoded tag block: one Avro block, or no bytes at all without tags.
     *
     * @throws IllegalArgumentException if it is longer than {@link ProtocolLimits#TAG_BYTES_MAX}
     */
    public byte[] encode() {
        return AvroTags.encode(this, ProtocolLimits.TAG_BYTES_MAX);
    }

    /** Value of the first tag with exactly this name, or null. */
    public @Nullable String first(String name) {
        for (Tag tag : list) {
            if (tag.name().equals(name)) {
                return tag.value();
            }
        }
        return null;
    }

    /** Value of the first tag with exactly this name, or the other value. */
    public String firstOr(String name, String other) {
        String value = first(name);
        return value == null ? other : value;
    }

    /** Values of all tags with exactly this name, in order. */
    public List<String> all(String name) {
        List<String> values = new ArrayList<>();
        for (Tag tag : list) {
            if (tag.name().equals(name)) {
                values.add(tag.value());
            }
        }
        return List.copyOf(values);
    }

    /** Whether a tag has exactly this name. */
    public boolean has(String name) {
        return first(name) != null;
    }

    /** Whether a tag has exactly this name and value. */
    public boolean contains(String name, String value) {
        for (Tag tag : list) {
            if (tag.name().equals(name) && tag.value().equals(value)) {
                return true;
            }
        }
        return false;
    }

    /** The tags that do not match, in their order. */
    public Tags without(Predicate<Tag> dropped) {
        List<Tag> kept = new ArrayList<>(list);
        return kept.removeIf(dropped) ? of(kept) : this;
    }

    /** The tags with none of these names, in their order. */
    public Tags without(String... names) {
        List<String> dropped = List.of(names);
        return without(tag -> dropped.contains(tag.name()));
    }

    /** These tags and one more at the end. */
    public Tags with(String name, String value) {
        List<Tag> longer = new ArrayList<>(list.size() + 1);
        longer.addAll(list);
        longer.add(new Tag(name, value));
        return of(longer);
    }

    /** The tags in order; unmodifiable. */
    public List<Tag> list() {
        return list;
    }

    /** The tags in order. */
    public Stream<Tag> stream() {
        return list.stream();
    }

    /** Number of tags. */
    public int size() {
        return list.size();
    }

    /** Whether there are none. */
    public boolean isEmpty() {
        return list.isEmpty();
    }

    @Override
    public Iterator<Tag> iterator() {
        return list.iterator();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Tags tags && list.equals(tags.list);
    }

    @Override
    public int hashCode() {
        return list.hashCode();
    }

    @Override
    public String toString() {
        return list.toString();
    }
}
