package dev.flywheel.cu.checkpoint;

import java.lang.foreign.MemorySegment;

/**
 * A memory to be written. None of the three may change until the call returns.
 *
 * @param memory all of it; must not be written to meanwhile
 * @param tree up to date with the memory: {@link StateTree#update} was called with all that changed
 * @param changed what changed since the parent checkpoint, which may be more than did
 */
public record MemoryPicture(MemorySegment memory, StateTree tree, PageSet changed) {
    public MemoryPicture {
        if (tree.memoryBytes() != memory.byteSize()) {
            throw new IllegalArgumentException(
                    "the tree is of another memory: treeBytes=%d memoryBytes=%d"
                            .formatted(tree.memoryBytes(), memory.byteSize()));
        }
    }
}
