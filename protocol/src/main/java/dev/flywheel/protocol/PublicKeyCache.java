package dev.flywheel.protocol;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * RSA keys by the hash of their owner. Thread-safe and bounded: when the young generation is full
 * it becomes the old one, whose keys come back when they are used. A racing change of generation
 * may drop a few keys, never more.
 */
final class PublicKeyCache {
    private final int generationSize;
    private volatile Map<Id, RsaPublicKey> young = new ConcurrentHashMap<>();
    private volatile Map<Id, RsaPublicKey> old = new ConcurrentHashMap<>();

    PublicKeyCache(int generationSize) {
        this.generationSize = generationSize;
    }

    RsaPublicKey get(byte[] owner) {
        Id address = Id.sha256(owner);
        RsaPublicKey key = young.get(address);
        if (key == null) {
            key = old.get(address);
            if (key == null) {
                key = new RsaPublicKey(owner);
            }
            put(address, key);
        }
        return key;
    }

    private void put(Id address, RsaPublicKey key) {
        young.put(address, key);
        if (young.size() >= generationSize) {
            synchronized (this) {
                if (young.size() >= generationSize) {
                    old = young;
                    young = new ConcurrentHashMap<>();
                }
            }
        }
    }

    /** Keys held now. */
    int size() {
        return young.size() + old.size();
    }
}
