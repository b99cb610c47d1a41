/** The mark of backupd. */
export function Logo() {
  return (
    <svg class="logo" viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="8" />
      <path d="M16 6.5l8 3v6.2c0 4.9-3.3 8.3-8 9.8-4.7-1.5-8-4.9-8-9.8V9.5z" />
      <path d="M12.4 15.8l2.7 2.7 4.6-5" />
    </svg>
  );
}
