#!/usr/bin/perl
# What a hostile host answers with: a real rsync sender whose words are twisted on their way.
# Usage: attacking-sender.pl ATTACK SEED TREE SWAPPED ALIAS COMMAND...
use strict;
use warnings;

my ($attack, $seed, $tree, $swapped, undef, @command) = @ARGV;
srand $seed;
$SIG{PIPE} = 'IGNORE';
binmode STDIN;
binmode STDOUT;
$| = 1;

sub random_bytes { join '', map { chr int rand 256 } 1 .. shift }
sub pick { $_[int rand @_] }

# A comparison has the letter n among its flags; what comes after it fetches what the comparison asked for.
my $is_comparison = (grep { /^-[a-zA-Z]*n[a-zA-Z.]*/ } @command) ? 1 : 0;
if ($attack eq 'swap' && !$is_comparison && -e $swapped) {
  rename $tree, "$tree.was";
  rename $swapped, $tree;
}
if ($attack eq 'other') {
  my ($dot) = grep { $command[$_] eq '.' } 0 .. $#command;
  @command = (@command[0 .. $dot // $#command], pick("$swapped/", $swapped, "$tree/../"));
}
print STDERR "\e]0;owned\a\e[2J\e[31mrsync: all is well\r\n" x 3 if $attack eq 'escapes';
print "\e[2J" . random_bytes(10) if $attack eq 'noise';

pipe my $child_in, my $to_child or die;
pipe my $from_child, my $child_out or die;
my $pid = fork // die;
if ($pid == 0) {
  open STDIN, '<&', $child_in or die;
  open STDOUT, '>&', $child_out or die;
  close $_ for $child_in, $to_child, $from_child, $child_out;
  exec @command or exit 127;
}
close $child_in;
close $child_out;

my $at = 0;
my $place = 4 + int rand pick(60, 400, 3000);
my $left = 1 + int rand 6;
my @names = ('../../xy', '/etc/xyz', '../..///', 'a/../../', '..', 'secret//', './../../', "\0\0\0\0\0\0\0\0", "\e[2J\e]0;");

sub twist {
  my ($bytes) = @_;
  if ($attack eq 'names') {
    my $name = $names[$seed % @names];
    my $planted = substr($name . '////////', 0, 8);
    $bytes =~ s{AAAAAAAA}{$planted}g;
  } elsif ($attack eq 'targets') {
    my $target = pick('/etc/pas', '../../..', '/../../.');
    $bytes =~ s{TTTTTTTT}{$target}g;
  } elsif ($at + length($bytes) > $place) {
    my $offset = $place > $at ? $place - $at : 0;
    if ($attack eq 'flip' && $left-- > 0) {
      substr($bytes, $offset, 1) = chr int rand 256 if $offset < length $bytes;
      $place = $at + $offset + 1 + int rand 300;
    } elsif ($attack eq 'garbage' && $left > 0) {
      $left = 0;
      substr($bytes, $offset, 0) = random_bytes(1 + int rand 5000);
    } elsif ($attack eq 'repeat' && $left > 0) {
      $left = 0;
      $bytes .= substr($bytes, $offset) x 300;
    } elsif ($attack eq 'cut') {
      syswrite STDOUT, substr($bytes, 0, $offset);
      kill 'KILL', $pid;
      exit pick(0, 1, 12, 255);
    } elsif ($attack eq 'stall') {
      sleep 1 while getppid() != 1;
      exit 1;
    }
  }
  $at += length $bytes;
  return $bytes;
}

my %open = (in => 1, out => 1);
while ($open{out}) {
  my $wanted = '';
  vec($wanted, fileno STDIN, 1) = 1 if $open{in};
  vec($wanted, fileno $from_child, 1) = 1;
  select $wanted, undef, undef, undef;
  if ($open{in} && vec $wanted, fileno STDIN, 1) {
    my $count = sysread STDIN, my $bytes, 65536;
    # It sends another file than the one that it was asked for by its name.
    $bytes =~ s{/changed\0}{/another\0} if $attack eq 'unasked' && !$is_comparison;
    if ($count) { syswrite $to_child, $bytes } else { $open{in} = 0; close $to_child }
  }
  if (vec $wanted, fileno $from_child, 1) {
    my $count = sysread $from_child, my $bytes, 65536;
    if (!$count) { $open{out} = 0; last }
    $bytes = twist($bytes);
    my $written = 0;
    while ($written < length $bytes) {
      my $now = syswrite STDOUT, $bytes, length($bytes) - $written, $written;
      last unless defined $now;
      $written += $now;
    }
  }
}
waitpid $pid, 0;
if (-e "$tree.was") {
  rename $tree, $swapped;
  rename "$tree.was", $tree;
}
exit($? >> 8);
