/** What the hosts of AWS's services end with; China has a partition of its own. */

export function awsDomain(region: string): string {
  return region.startsWith("cn-") ? "amazonaws.com.cn" : "amazonaws.com";
}
