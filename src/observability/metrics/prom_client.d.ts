/** Types of the parts that are used. */
export { AggregatorRegistry, Counter, Gauge, Histogram, Registry } from "prom-client";
