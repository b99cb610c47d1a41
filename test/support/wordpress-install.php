<?php
/**
 * Installs a WordPress for tests and fills it: posts with emoji, pages, pictures, comments, odd options.
 * Usage: php wordpress-install.php ROOT PORT TITLE POSTS. Prints "CONTENT {json}" at the end.
 */
[, $root, $port, $title, $posts] = $argv;
$_SERVER['HTTP_HOST'] = "127.0.0.1:$port";
$_SERVER['SERVER_PROTOCOL'] = 'HTTP/1.1';
$_SERVER['REQUEST_METHOD'] = 'GET';
$_SERVER['REQUEST_URI'] = '/';
error_reporting( E_ALL & ~E_DEPRECATED );
define( 'WP_INSTALLING', true );
function wp_mail() { return true; }
function wp_new_blog_notification() {}
require $root . '/wp-load.php';
require_once ABSPATH . 'wp-admin/includes/upgrade.php';
require_once ABSPATH . 'wp-admin/includes/image.php';
require_once ABSPATH . 'wp-admin/includes/media.php';
require_once ABSPATH . 'wp-admin/includes/file.php';

$result = wp_install( $title, 'admin', 'admin@example.test', true, '', 'correct horse 🐎' );
if ( is_wp_error( $result ) ) {
	fwrite( STDERR, $result->get_error_message() );
	exit( 1 );
}
update_option( 'blogdescription', "Bücher & Käse – 日本語 – 👩‍👩‍👧‍👦" );
update_option( 'test_serialized', array( 'emoji' => '🎉', 'nested' => array( 1, 2.5, null, true, "quote's \\ and \"double\"" ) ) );

$pages   = array();
$uploads = array();
$address = static function ( $id ) {
	return '/?p=' . $id;
};
$picture = static function ( $name, $seed ) use ( &$uploads ) {
	$image = imagecreatetruecolor( 320, 200 );
	mt_srand( $seed );
	for ( $i = 0; $i < 400; $i++ ) {
		imagefilledrectangle( $image, mt_rand( 0, 319 ), mt_rand( 0, 199 ), mt_rand( 0, 319 ), mt_rand( 0, 199 ), mt_rand( 0, 0xFFFFFF ) );
	}
	ob_start();
	imagepng( $image );
	$upload = wp_upload_bits( $name, null, ob_get_clean() );
	if ( $upload['error'] ) {
		fwrite( STDERR, $upload['error'] );
		exit( 1 );
	}
	$id = wp_insert_attachment( array( 'post_mime_type' => 'image/png', 'post_title' => $name, 'post_status' => 'inherit' ), $upload['file'] );
	wp_update_attachment_metadata( $id, wp_generate_attachment_metadata( $id, $upload['file'] ) );
	$uploads[] = ltrim( substr( $upload['file'], strlen( ABSPATH ) - 1 ), '/' );
	return array( $id, $upload['url'] );
};
$admin = get_user_by( 'login', 'admin' )->ID;
wp_set_current_user( $admin );
for ( $n = 1; $n <= (int) $posts; $n++ ) {
	[ $image, $url ] = $picture( "bild-$n.png", $n );
	$id = wp_insert_post(
		wp_slash(
			array(
				'post_title'   => "Post $n: Grüße 🚀 “quoted” \\ back",
				'post_content' => "<!-- wp:paragraph --><p>Emoji 🎉🧀, Umlaute äöüß, 日本語, a quote ' and a backslash \\ and 50% off. Number $n.</p><!-- /wp:paragraph -->\n<!-- wp:image {\"id\":$image} --><figure><img src=\"$url\" alt=\"\"/></figure><!-- /wp:image -->",
				'post_status'  => 'publish',
				'post_author'  => $admin,
				'post_date'    => sprintf( '2024-03-%02d 10:00:00', ( $n % 28 ) + 1 ),
			)
		),
		true
	);
	if ( is_wp_error( $id ) ) {
		fwrite( STDERR, $id->get_error_message() );
		exit( 1 );
	}
	set_post_thumbnail( $id, $image );
	add_post_meta( $id, 'serialized_meta', array( 'a' => "line\nbreak", 'é' => '😀' ) );
	wp_insert_comment( array( 'comment_post_ID' => $id, 'comment_author' => 'Zoë 🦊', 'comment_author_email' => 'zoe@example.test', 'comment_content' => "Nice! 👍 #$n", 'comment_approved' => 1, 'comment_date' => '2024-04-01 12:00:00' ) );
	$pages[] = $address( $id );
}
$page    = wp_insert_post( array( 'post_type' => 'page', 'post_title' => 'Über uns 🧑‍💻', 'post_content' => 'A page.', 'post_status' => 'publish' ) );
$pages[] = '/?page_id=' . $page;
$pages[] = '/?p=999999';
$pages[] = '/?s=Emoji';
echo 'CONTENT ' . json_encode( array( 'url' => "http://127.0.0.1:$port", 'pages' => $pages, 'uploads' => $uploads ) ) . "\n";
