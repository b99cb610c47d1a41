export interface HookDto {
  id: string;
  name: string;
  siteId: string | null;
  label: string | null;
  jobs: string[];
  moment: string;
  position: number;
  command: string[] | null;
  method: string | null;
  origin: string | null;
  headerNames: string[];
  timeLimitSeconds: number;
  onFailure: string;
  enabled: boolean;
}

export interface HookTestDto {
  ok: boolean;
  end: string;
  output: string;
  seconds: number;
  tries: number;
}
