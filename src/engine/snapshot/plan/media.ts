const MEDIA_EXTENSIONS = new Set(
  (
    'jpg jpeg jpe jfif png gif webp avif heic heif jxl ' +
    'mp4 m4v mov webm mkv avi wmv flv mpg mpeg 3gp ogv ' +
    'mp3 m4a aac ogg oga opus flac wma ' +
    'zip gz tgz bz2 tbz xz txz zst 7z rar br lz4 lzma jar phar wpress ' +
    'woff woff2 docx xlsx pptx odt ods odp epub'
  ).split(' '),
);

/** The extension of the last component of a path, in lower case; empty where it has none. Path as latin1 text. */
export function extensionOf(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const dot = name.lastIndexOf('.');
  return dot <= 0 ? '' : name.slice(dot + 1).toLowerCase();
}

/** Whether files with this extension are compressed by their nature: they are stored as they are. */
export function isMediaExtension(extension: string): boolean {
  return MEDIA_EXTENSIONS.has(extension);
}
