/** Where keys of AWS are looked for. */

/** Settings under the names of AWS's own tools. */
export interface AwsSources {
  readonly region: string;
  readonly accessKeyId?: string | undefined;
  readonly secretAccessKey?: string | undefined;
  readonly sessionToken?: string | undefined;
  readonly profile?: string | undefined;
  readonly sharedCredentialsFile?: string | undefined;
  readonly configFile?: string | undefined;
  readonly webIdentityTokenFile?: string | undefined;
  readonly roleArn?: string | undefined;
  readonly roleSessionName?: string | undefined;
  readonly containerRelativeUri?: string | undefined;
  readonly containerFullUri?: string | undefined;
  readonly containerToken?: string | undefined;
  readonly containerTokenFile?: string | undefined;
  readonly metadataEndpoint?: string | undefined;
  readonly metadataDisabled?: string | undefined;
  readonly stsEndpoint?: string | undefined;
}
