// Crdcheck judges XRDs as an API server would: it makes the CRDs that Crossplane makes of them, and runs the API server's
// own validation, with the cost limits of CEL rules, which `crossplane resource validate` does not look at. Objects, if given,
// are judged by the types of their lists (sets without repetition, maps without two of one key).
//
//	crdcheck XRD.yaml [OBJECTS.json]
//
// It prints {"crds": {NAME: [fault, ...]}, "objects": [[fault, ...], ...]}.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"

	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	extv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/validation"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/listtype"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"sigs.k8s.io/yaml"

	xpv1 "github.com/crossplane/crossplane/apis/v2/apiextensions/v1"
	"github.com/crossplane/crossplane-runtime/v2/pkg/xcrd"
)

type report struct {
	CRDs    map[string][]string `json:"crds"`
	Objects [][]string          `json:"objects"`
}

func main() {
	answer, err := judge(os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "crdcheck:", err)
		os.Exit(2)
	}
	if err := json.NewEncoder(os.Stdout).Encode(answer); err != nil {
		os.Exit(2)
	}
}

func judge(files []string) (*report, error) {
	if len(files) == 0 {
		return nil, fmt.Errorf("usage: crdcheck XRD.yaml [OBJECTS.json]")
	}
	crds, err := crdsOf(files[0])
	if err != nil {
		return nil, err
	}
	answer := &report{CRDs: map[string][]string{}, Objects: [][]string{}}
	for _, crd := range crds {
		answer.CRDs[crd.Name] = texts(validation.ValidateCustomResourceDefinition(context.Background(), crd))
	}
	if len(files) == 1 {
		return answer, nil
	}
	answer.Objects, err = judgeLists(crds[0], files[1])
	return answer, err
}

// crdsOf gives the CRD of an XRD's composite and, if it offers one, of its claim, with the API server's defaults.
func crdsOf(file string) ([]*apiextensions.CustomResourceDefinition, error) {
	raw, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	// A v2 XRD differs from a v1 one in its scope and in what it may not have; Crossplane reads both as this type.
	xrd := &xpv1.CompositeResourceDefinition{}
	if err := yaml.Unmarshal(raw, xrd); err != nil {
		return nil, err
	}
	// In a cluster it has one, and its CRDs name it as their owner.
	xrd.UID = "00000000-0000-0000-0000-000000000000"
	made := []func(*xpv1.CompositeResourceDefinition) (*extv1.CustomResourceDefinition, error){xcrd.ForCompositeResource}
	if xrd.OffersClaim() {
		made = append(made, xcrd.ForCompositeResourceClaim)
	}
	var crds []*apiextensions.CustomResourceDefinition
	for _, of := range made {
		crd, err := of(xrd)
		if err != nil {
			return nil, err
		}
		extv1.SetDefaults_CustomResourceDefinition(crd)
		extv1.SetDefaults_CustomResourceDefinitionSpec(&crd.Spec)
		internal := &apiextensions.CustomResourceDefinition{}
		if err := extv1.Convert_v1_CustomResourceDefinition_To_apiextensions_CustomResourceDefinition(crd, internal, nil); err != nil {
			return nil, err
		}
		// The API server fills this in while it stores a CRD.
		internal.Status.StoredVersions = []string{internal.Spec.Versions[0].Name}
		crds = append(crds, internal)
	}
	return crds, nil
}

func judgeLists(crd *apiextensions.CustomResourceDefinition, file string) ([][]string, error) {
	raw, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var objects []map[string]any
	if err := json.Unmarshal(raw, &objects); err != nil {
		return nil, err
	}
	of, err := schemaOf(crd)
	if err != nil {
		return nil, err
	}
	found := [][]string{}
	for _, object := range objects {
		found = append(found, texts(listtype.ValidateListSetsAndMaps(nil, of, object)))
	}
	return found, nil
}

func schemaOf(crd *apiextensions.CustomResourceDefinition) (*schema.Structural, error) {
	validation, err := apiextensions.GetSchemaForVersion(crd, crd.Spec.Versions[0].Name)
	if err != nil {
		return nil, err
	}
	return schema.NewStructural(validation.OpenAPIV3Schema)
}

func texts(faults field.ErrorList) []string {
	said := []string{}
	for _, fault := range faults {
		said = append(said, fault.Error())
	}
	return said
}
