import { PURE } from './pure-functions.js';

const split = (names: string): ReadonlySet<string> => new Set(names.trim().split(/\s+/));

/**
 * Functions of PHP that neither define constants nor touch variables (but by-reference arguments) nor run callbacks.
 * What they return is not evaluated. Anything not named here, nor pure, nor in the configuration itself, is taken to be
 * able to change everything.
 */
const HARMLESS = split(`
  addcslashes addslashes array_chunk array_column array_combine array_count_values array_diff array_diff_key array_fill
  array_fill_keys array_flip array_intersect array_intersect_key array_is_list array_key_first array_key_last
  array_merge_recursive array_pad array_pop array_product array_push array_rand array_replace array_reverse array_search
  array_shift array_slice array_splice array_sum array_unique array_unshift arsort asort base_convert bindec checkdate
  class_exists clearstatcache connection_status copy crc32 ctype_alnum ctype_alpha ctype_digit ctype_lower ctype_space
  ctype_upper ctype_xdigit current date date_default_timezone_get date_default_timezone_set debug_backtrace decbin dechex
  disk_free_space each end error_get_last error_log error_reporting escapeshellarg exec extension_loaded fclose feof fflush
  fgetcsv fgets file_put_contents fileatime filegroup filemtime fileowner fileperms filesize filter_input filter_var floatval
  flock floor flush fnmatch fopen fputs fread fscanf fseek fsockopen func_get_arg func_get_args func_num_args fwrite
  gc_collect_cycles gc_disable gc_enable get_cfg_var get_class get_current_user get_debug_type get_include_path
  get_object_vars gethostbyaddr gethostbyname gethostname getcwd getmypid getmyuid getopt gettype glob gmdate hash hash_hmac
  header headers_list headers_sent hexdec hrtime html_entity_decode htmlentities htmlspecialchars http_build_query
  http_response_code idate ignore_user_abort inet_pton ini_get ini_restore ini_set interface_exists ip2long is_callable
  is_countable is_executable is_float is_infinite is_iterable is_link is_nan is_object is_resource is_scalar is_writable
  is_writeable iterator_count json_decode json_encode json_last_error key krsort ksort levenshtein libxml_disable_entity_loader
  libxml_use_internal_errors lcg_value link localeconv localtime log long2ip mail mb_internal_encoding mb_strlen mb_strpos
  mb_strtolower mb_strtoupper mb_substr memory_get_usage memory_get_peak_usage method_exists microtime mkdir mktime mt_rand
  mt_srand mysqli_close mysqli_connect mysqli_report mysqli_select_db natcasesort natsort next nl2br number_format ob_clean
  ob_end_clean ob_end_flush ob_flush ob_get_clean ob_get_contents ob_get_level octdec opcache_invalidate opcache_reset
  openssl_decrypt openssl_encrypt opendir parse_ini_file parse_ini_string password_hash password_verify pathinfo
  php_sapi_name php_uname phpversion posix_getpwuid posix_geteuid posix_getuid posix_uname pow preg_grep preg_last_error
  preg_match preg_match_all preg_quote preg_replace preg_split prev print_r printf property_exists quotemeta rand random_bytes
  random_int readdir readfile readlink rename reset rewind rmdir round rsort scandir serialize session_id session_name
  session_save_path session_set_cookie_params session_start session_status set_time_limit setcookie setlocale settype
  shell_exec shuffle similar_text sleep sodium_crypto_secretbox_open sort soundex spl_object_hash sqrt srand stat str_getcsv
  str_pad str_shuffle str_split str_word_count strcoll strftime strip_tags stripcslashes stripslashes strncasecmp strncmp
  strpbrk strtok strtotime strtr substr_replace sys_get_temp_dir sys_getloadavg syslog system tempnam time timezone_open
  tmpfile touch trigger_error ucwords umask uniqid unlink usleep user_error utf8_decode utf8_encode
  var_dump var_export version_compare vprintf vsprintf wordwrap zend_version litespeed_finish_request
  fastcgi_finish_request ctype_punct apcu_fetch apcu_exists is_a is_subclass_of abs ceil fmod intdiv mb_detect_encoding
  mb_convert_encoding iconv set_include_path chdir gzinflate gzuncompress
`);

/** Has no effect at all on what it is given. */
export const isPureFunction = (name: string): boolean => PURE.has(name) || READS.has(name);

/** Functions the evaluator knows by itself, that only read. */
const READS =
  split(`defined constant getenv function_exists file_exists is_file is_dir is_readable realpath file_get_contents
  file compact env env\\env`);

export const isHarmlessFunction = (name: string): boolean => HARMLESS.has(name);
