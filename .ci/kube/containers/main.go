// Command containers checks what can be checked of an image and a compose file where there is no container runtime: the
// Dockerfile is read by BuildKit's own parser, the compose file by the code of `docker compose config`, and the build context
// is written to a directory as .dockerignore leaves it, with the commands that the Dockerfile would run there.
//
//	go run ./containers ../.. DIR
//
// DIR then holds context/, what the COPY lines of the build stage bring in, and build.sh, its RUN lines. Running these builds
// the program as the image would have it. What the base images hold, nobody has seen.
package main

import (
	"errors"
	"fmt"
	"os"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: containers REPOSITORY DIR")
		os.Exit(2)
	}
	root, dir := os.Args[1], os.Args[2]
	if err := errors.Join(checkCompose(root), checkImage(root, dir)); err != nil {
		fmt.Fprintln(os.Stderr, "containers:", err)
		os.Exit(1)
	}
}
