package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/compose-spec/compose-go/v2/types"
)

// checkCompose loads the compose file as `docker compose config` does, with its schema and all that refers to something in
// it, and then looks for what is on this machine and for what the services may do.
func checkCompose(root string) error {
	options, err := cli.NewProjectOptions([]string{filepath.Join(root, "deploy/container/compose.yaml")})
	if err != nil {
		return err
	}
	project, err := options.LoadProject(context.Background())
	if err != nil {
		return err
	}
	for _, name := range project.ServiceNames() {
		s := project.Services[name]
		fmt.Printf("  service %s, image %s\n", name, s.Image)
		err = errors.Join(err, confined(s), mounted(s))
	}
	return err
}

// confined tells whether a service has no more than it needs.
func confined(s types.ServiceConfig) (err error) {
	wrong := func(what string) { err = errors.Join(err, fmt.Errorf("service %s: %s", s.Name, what)) }
	if !s.ReadOnly {
		wrong("its root is not read-only")
	}
	if !slices.Contains(s.CapDrop, "ALL") || len(s.CapAdd) > 0 || s.Privileged {
		wrong("it keeps capabilities")
	}
	if !slices.Contains(s.SecurityOpt, "no-new-privileges:true") {
		wrong("it may gain privileges")
	}
	if s.MemLimit == 0 || s.PidsLimit == 0 {
		wrong("its memory or the number of its processes is not bounded")
	}
	if _, tag, _ := strings.Cut(s.Image, ":"); tag == "" || tag == "latest" {
		wrong("its image has no version")
	}
	for _, p := range s.Ports {
		if p.HostIP != "127.0.0.1" {
			wrong("port " + p.Published + " is not of this machine only")
		}
	}
	if s.Build == nil && (s.HealthCheck == nil || len(s.HealthCheck.Test) == 0) {
		wrong("nothing checks its health")
	}
	return err
}

// mounted tells whether what a service mounts from the repository is there. A runtime makes a directory in its place if it is
// not, and says nothing.
func mounted(s types.ServiceConfig) (err error) {
	for _, v := range s.Volumes {
		if v.Type != types.VolumeTypeBind {
			continue
		}
		if _, missing := os.Stat(v.Source); missing != nil {
			err = errors.Join(err, fmt.Errorf("service %s mounts what is not there: %w", s.Name, missing))
		}
		if !v.ReadOnly {
			err = errors.Join(err, fmt.Errorf("service %s may write to %s", s.Name, v.Source))
		}
	}
	return err
}
