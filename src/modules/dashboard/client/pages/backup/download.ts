/** Lets the browser save what is at this address of the API; it has the session's cookie itself. */
export function download(address: string): void {
  const link = document.createElement('a');
  link.href = address;
  link.download = '';
  link.click();
}

/** Where one file of a backup is. */
export function addressOfFile(id: string, item: { path?: string; pathBase64?: string }): string {
  const query = new URLSearchParams(
    item.path === undefined ? { pathBase64: item.pathBase64 ?? '' } : { path: item.path },
  );
  return `/backups/${id}/file?${query.toString()}`;
}
