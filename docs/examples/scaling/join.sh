#!/bin/sh
# Merge the branches that pull.sh pushed into main, and push it. Needs REPOSITORY and TOTAL.
set -eu
test -d .git || git init --quiet
git fetch --quiet "$REPOSITORY" main
git checkout --quiet --force -B main FETCH_HEAD
index=0
while test "$index" -lt "$TOTAL"; do
  if git fetch --quiet "$REPOSITORY" "pull-$index"; then # else this part has never run to its end
    git merge --quiet --no-edit FETCH_HEAD
  fi
  index=$((index + 1))
done
kuratorium pull --join
git add curation
git diff --cached --quiet || git commit --quiet --message "Join the items on the same articles"
git push --quiet "$REPOSITORY" main
