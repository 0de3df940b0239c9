/**
 * The messenger unit: takes clients' items, and delivers what processes send.
 *
 * <pre>
 *  client -> ClientItems --(recorded)--> SU          cron: Monitors -> CU /cron
 *                 |                                           |
 *                 v  acknowledged                             v
 *          OutboxStore (one writer) <------ children ------ TaskRunner <- WorkQueue
 *                 |                                           |  ^
 *                 +---------------- open tasks ---------------|--+
 *                                                             v
 *                                          SU (send), CU (result), gateway (wallets)
 * </pre>
 */
@NullMarked
package dev.flywheel.messenger;

import org.jspecify.annotations.NullMarked;
