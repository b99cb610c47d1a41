/** How busy one kind of resource is. */
export class ResourceUsageDto {
  /** Units there are. */
  capacity!: number;
  /** Units in use now. */
  inUse!: number;
  /** How many wait for a unit. */
  waiting!: number;
}

export class BandwidthDto {
  /** Megabits a second; 0 = unlimited. */
  limitMbps!: number;
  /** Upload bytes let through within the last second. */
  usedBytesLastSecond!: number;
}

/** What the jobs of this host share. */
export class ResourcesDto {
  io!: ResourceUsageDto;
  network!: ResourceUsageDto;
  cpu!: ResourceUsageDto;
  bandwidth!: BandwidthDto;
}
