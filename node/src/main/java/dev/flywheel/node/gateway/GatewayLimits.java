package dev.flywheel.node.gateway;

/**
 * What a client may make the gateway hold, read or compute. Each bound has its reason beside it.
 */
public final class GatewayLimits {

    /**
     * One upload. The largest module in use (an AI runtime with a small model) has about 100 MB;
     * bodies are held in memory.
     */
    public static final long UPLOAD_BYTES_MAX = 256L * 1024 * 1024;

    /**
     * Requests in flight: uploads of {@link #UPLOAD_BYTES_MAX} are rare, polls of small items are
     * many.
     */
    static final int REQUESTS_MAX = 2_000;

    /**
     * Threads that read or write the store at once, so that a burst of queries waits in line
     * instead of taking all memory.
     */
    static final int STORE_THREADS = 8;

    /**
     * Data up to this size lies inside the database row, where one read finds it; SQLite prefers
     * files from about 100 KB on.
     */
    static final int INLINE_DATA_BYTES_MAX = 64 * 1024;

    /** Pieces in which a file is sent. */
    static final int COPY_BYTES = 64 * 1024;

    /**
     * Bundles inside bundles: real ones nest two deep (a bundler's bundle of application bundles).
     */
    static final int BUNDLE_DEPTH_MAX = 4;

    /**
     * Items of one upload, nested ones included: verifying an RSA signature costs about 60 us, so
     * this is half a minute.
     */
    static final int BUNDLE_ITEMS_MAX = 100_000;

    /**
     * A transaction in JSON without its data: 2 KB of tags as the network allows, keys and
     * signatures; the data is counted apart.
     */
    static final int TRANSACTION_TAG_BYTES_MAX = 2_048;

    /**
     * Tags of one transaction: so many of {@link #TRANSACTION_TAG_BYTES_MAX} still fit an item's
     * 4,096 bytes when encoded.
     */
    static final int TRANSACTION_TAGS_MAX = 512;

    /** A chunk of a transaction's data: the network's constant. */
    static final int CHUNK_BYTES_MAX = 256 * 1024;

    /**
     * The path of a chunk in its Merkle tree: 64 bytes a leaf, 96 a branch; 64 levels hold more
     * chunks than there are bytes.
     */
    static final int DATA_PATH_BYTES_MAX = 64 + 96 * 64;

    /**
     * Data of one transaction that arrives in chunks; assembled on disk, so larger than an upload
     * may be.
     */
    static final long CHUNKED_DATA_BYTES_MAX = 4L * 1024 * 1024 * 1024;

    /**
     * Transactions that wait for their chunks; more are refused, because nobody may ever finish
     * them.
     */
    static final int PENDING_TRANSACTIONS_MAX = 1_000;

    /**
     * Tag headers of one answer, in bytes: HTTP clients refuse more than 16 KiB of headers
     * (Node.js), tags are at most 4 KiB.
     */
    static final int TAG_HEADER_BYTES_MAX = 8 * 1024;

    /** Blocks that can be mined by hand in one request. */
    static final int MINE_BLOCKS_MAX = 100;

    /** Blocks mined by hand in the life of a store; each is one small row held in memory. */
    static final int MINED_BLOCKS_MAX = 100_000;

    /** Transactions listed in one block's JSON. */
    static final int BLOCK_TRANSACTIONS_MAX = 1_000;

    /**
     * A GraphQL request: the longest query of a known client has 500 bytes, variables with 100 ids
     * 5 KB.
     */
    static final int GRAPHQL_BYTES_MAX = 256 * 1024;

    /** Rows of one page; clients ask for at most 100, some gateways give 1,000. */
    public static final int PAGE_ROWS_MAX = 1_000;

    /** Rows of a page when the query names no number, as Arweave's gateways do. */
    public static final int PAGE_ROWS_DEFAULT = 10;

    /** Ids, owners, recipients, or values of one tag in a query. */
    public static final int FILTER_VALUES_MAX = 1_000;

    /** Tags in a query; clients use three. */
    public static final int FILTER_TAGS_MAX = 32;

    /**
     * Rows counted to find the most selective filter of a query; beyond it a filter counts as
     * common.
     */
    static final int SELECTIVITY_ROWS_MAX = 1_000;

    /**
     * Nesting of a GraphQL query: transactions.edges.node.owner.address is 5, introspection by
     * tools 13.
     */
    public static final int GRAPHQL_DEPTH_MAX = 16;

    /**
     * Fields of a GraphQL query, counted once each; the widest known one has 30, introspection
     * about 100.
     */
    public static final int GRAPHQL_FIELDS_MAX = 500;

    /** Root fields that read the store in one query, so that aliases cannot multiply work. */
    public static final int GRAPHQL_ROOT_FIELDS_MAX = 10;

    /** Tokens of a GraphQL query. */
    public static final int GRAPHQL_TOKENS_MAX = 20_000;

    /** Parsed and checked queries that are kept; clients send a few fixed texts. */
    public static final int GRAPHQL_CACHE_QUERIES = 256;

    /** An item from an upstream gateway. */
    static final long UPSTREAM_BYTES_MAX = UPLOAD_BYTES_MAX;

    /** Ids that an upstream gateway did not know, remembered for {@link #UPSTREAM_MISS_MS}. */
    static final int UPSTREAM_MISSES_MAX = 10_000;

    /** A process that is missing now may be published in a moment. */
    static final long UPSTREAM_MISS_MS = 10_000;

    private GatewayLimits() {}
}
