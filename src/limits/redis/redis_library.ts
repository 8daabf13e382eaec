/**
 * The client library of Redis, which is imported only once it is needed: it is large, and takes time to load.
 * By its name, because in a bundle an import of all of it has no names.
 *
 * @module
 */

export { Redis } from "ioredis";
