package dev.flywheel.cu.guest.files;

import dev.flywheel.cu.guest.host.CallArguments;

/** What one file import does where there are files. */
@FunctionalInterface
interface FileCall {

    /**
     * @throws FileErrorException which the import answers as a number
     */
    long call(FileTree tree, CallArguments arguments);
}
