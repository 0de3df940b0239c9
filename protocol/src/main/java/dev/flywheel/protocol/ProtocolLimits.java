package dev.flywheel.protocol;

/**
 * Every bound of this module, each with the reason for its value. Untrusted bytes are the normal
 * case.
 */
public final class ProtocolLimits {
    /**
     * Largest encoded tag block in bytes. The limit that the reference's libraries enforce (verify
     * answers false).
     */
    public static final int TAG_BYTES_MAX = 4096;

    /**
     * Most tags that {@link #TAG_BYTES_MAX} can hold: an empty tag takes two bytes. Bounds the
     * decoder's list.
     */
    public static final int TAGS_MAX = TAG_BYTES_MAX / 2;

    /** Longest varint of a 64-bit value in bytes. */
    public static final int VARINT_BYTES_MAX = 10;

    /**
     * Largest data item that is built or parsed, in bytes. A Java array holds no more; callers set
     * lower limits.
     */
    public static final int ITEM_BYTES_MAX = Integer.MAX_VALUE - 64;

    /**
     * Most items in a bundle that is parsed: 64 header bytes each, so a 10 MiB body cannot claim
     * more.
     */
    public static final int BUNDLE_ITEMS_MAX = 163_840;

    /** Length of ids, targets, anchors and hash chain values in bytes (SHA-256). */
    public static final int ID_BYTES = 32;

    /** Length of an id in text: base64url without padding of 32 bytes. */
    public static final int ID_CHARS = 43;

    /**
     * Public keys kept per generation by {@link ItemVerifier}; two generations live at a time.
     * About 2.5 kB each, so at most 5 MB, and far more than the owners active within a minute on
     * one node.
     */
    public static final int PUBLIC_KEYS_CACHED = 1024;

    /**
     * Smallest RSA modulus in bits: it must fill all 512 bytes of the owner. Shorter keys padded
     * with zeros are refused, as OpenSSL does, where the signature's length must be the modulus's.
     */
    public static final int RSA_MODULUS_BITS_MIN = 511 * 8 + 1;

    /**
     * Depth of JSON that is read. Jackson and the guests' encoders recurse; 512 levels need well
     * under a default thread stack, and no AO document nests deeper than a process puts into its
     * own output.
     */
    public static final int JSON_DEPTH_MAX = 512;

    /**
     * Digits of a JSON number. Doubles print in at most 24; longer ones are attacks on the number
     * parser.
     */
    public static final int JSON_NUMBER_CHARS_MAX = 1000;

    /**
     * Characters of one JSON string: 128 Mi, above the largest result (100 MB) that a guest may
     * return.
     */
    public static final int JSON_STRING_CHARS_MAX = 128 * 1024 * 1024;

    /**
     * Characters of one JSON property name. No AO document uses names as data beyond a few
     * kilobytes.
     */
    public static final int JSON_NAME_CHARS_MAX = 64 * 1024;

    /**
     * Tokens of a document of another unit: a page of 1,000 entries with 128 tags each has 1.3
     * million.
     */
    public static final long JSON_TOKENS_MAX = 1_500_000;

    /**
     * Characters of a cursor in its encoded form. Ours take less than 200; a cron name is the only
     * free part.
     */
    public static final int CURSOR_CHARS_MAX = 4096;

    /**
     * Entries of one schedule page that are read. The reference asks for 1000 and sets no maximum
     * itself.
     */
    public static final int PAGE_ENTRIES_MAX = 100_000;

    /**
     * Signatures that one HTTP message may carry. HyperBEAM sends two, one of them keyed with a
     * constant; each costs a parse, and one at most an RSA operation.
     */
    public static final int HTTP_SIGNATURES_MAX = 16;

    /** Parts that one HTTP signature may cover: headers of a request, of which servers take 100. */
    public static final int HTTP_COMPONENTS_MAX = 128;

    /**
     * Parts of a multipart body. Each becomes a tag or the data, and an item has room for no more
     * tags.
     */
    public static final int HTTP_PARTS_MAX = 128;

    private ProtocolLimits() {}
}
