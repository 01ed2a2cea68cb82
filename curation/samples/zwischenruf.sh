#!/bin/sh
# Makes content/media/samples/zwischenruf-1.mp3 and its captions: voices of espeak-ng 1.51, put together by ffmpeg 5.1.
# The captions are exact, for each line is spoken, measured and put behind the one before it.
set -eu
cd "$(dirname "$0")/../../content/media/samples"
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT
name=zwischenruf-1
aylin="-v de+f2 -s 168 -p 48"
henrik="-v de+m3 -s 158 -p 34"
gap=0.35

stamp() { awk -v t="$1" 'BEGIN { printf "%02d:%02d:%06.3f", t / 3600, t % 3600 / 60, t % 60 }'; }
length() { ffprobe -v error -show_entries format=duration -of csv=p=0 "$1"; }

# Two notes, as before an announcement on a platform.
ffmpeg -nostdin -v error -f lavfi -i "sine=f=392:d=0.35:r=22050,afade=t=out:st=0.2:d=0.15" \
  -f lavfi -i "sine=f=523:d=0.7:r=22050,afade=t=out:st=0.2:d=0.5" \
  -filter_complex "[0][1]concat=n=2:v=0:a=1,volume=0.5" "$work/00.wav"
echo "file 00.wav" > "$work/parts"
now=$(length "$work/00.wav")
number=0
printf 'WEBVTT\n' > "$name.vtt"

while IFS='|' read -r who said; do
  number=$((number + 1))
  part=$(printf '%02d.wav' "$number")
  case $who in Aylin*) voice=$aylin ;; *) voice=$henrik ;; esac
  # shellcheck disable=SC2086
  espeak-ng $voice -w "$work/spoken.wav" "$said"
  ffmpeg -nostdin -v error -i "$work/spoken.wav" -af "apad=pad_dur=$gap" -ar 22050 -ac 1 "$work/$part"
  echo "file $part" >> "$work/parts"
  end=$(awk -v a="$now" -v b="$(length "$work/$part")" 'BEGIN { print a + b }')
  printf '\n%s --> %s\n<v %s>%s\n' "$(stamp "$now")" "$(stamp "$(awk -v e="$end" -v g="$gap" 'BEGIN { print e - g }')")" \
    "$who" "$said" >> "$name.vtt"
  now=$end
done <<'TEXT'
Aylin Demirtaş|Zwischenruf Nummer eins. Henrik, was ist eine Uhrzeit wert?
Henrik Sandberg|Mehr als ein Versprechen.
Henrik Sandberg|„Wir arbeiten mit Hochdruck“, das steht in jeder Störungsmeldung.
Henrik Sandberg|Es ist immer wahr, und deshalb sagt es nichts.
Aylin Demirtaş|Und stattdessen?
Henrik Sandberg|„Nächste Nachricht um Viertel nach vier.“ Das kann man nachprüfen.
Henrik Sandberg|Um vier Uhr sechzehn weiß jeder, ob jemand Wort gehalten hat.
Aylin Demirtaş|Auch wenn dann noch immer nichts geht?
Henrik Sandberg|Gerade dann. Wer um Viertel nach vier sagt, dass er nichts Neues weiß, hat sein Wort gehalten.
Henrik Sandberg|Das ist mehr, als die meisten Strategiepapiere schaffen.
Aylin Demirtaş|Bis zum nächsten Zwischenruf. Um wie viel Uhr?
Henrik Sandberg|Das sage ich dir um fünf.
TEXT

ffmpeg -nostdin -v error -y -f concat -i "$work/parts" -af "loudnorm=I=-18" -ac 1 -ar 22050 -codec:a libmp3lame -b:a 24k \
  -map_metadata -1 -metadata title="Zwischenruf 1: Was ist eine Uhrzeit wert?" -metadata artist=Weichenwerk "$name.mp3"
ls -l "$name.mp3" "$name.vtt"
