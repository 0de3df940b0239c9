/**
 * Serves clients in mainnet mode, which speak to a HyperBEAM node elsewhere, from the units of this
 * network.
 *
 * <pre>
 *  client --- signed request ---&gt; [front :8734]
 *                                     | verify, once, before anything else
 *                                     |-- spawn, push ----&gt; messenger (POST /)
 *                                     |-- slot of it -----&gt; scheduler (GET /{message})
 *                                     |-- results=, dry --&gt; compute unit
 * </pre>
 *
 * <p>A translator without state: what it acknowledged lies with the units.
 */
@NullMarked
package dev.flywheel.node.mainnet;

import org.jspecify.annotations.NullMarked;
