/**
 * The embedded gateway: keeps data items and transactions, indexes their tags, and answers what AO
 * clients and units ask of an Arweave gateway.
 *
 * <pre>
 *   POST /tx, /tx/arweave, /id, /chunk          GET /{id}, /raw/{id}, /tx/...          POST /graphql
 *                |                                        |                                |
 *         ItemIntake, L1Intake                      ItemServing                     graphql.GraphQlEndpoint
 *         (verify, unpack)                                |                                |
 *                \________________________ ItemStore (SQLite + files) _____________________/
 *                                                         |
 *                                             UpstreamGateway (optional, verified)
 * </pre>
 */
@NullMarked
package dev.flywheel.node.gateway;

import org.jspecify.annotations.NullMarked;
