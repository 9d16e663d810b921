#!/usr/bin/env sh
# Does a deployment work? Asks for its health, uploads a sample, and waits until it is finalized or in review. Needs the
# outputs of main.bicep as environment variables, and `az login` as one of the `uploaders`.
set -eu
cd "$(dirname "$0")/../.."
curl --fail --silent --show-error --retry 20 --retry-delay 15 --retry-all-errors "$INTRAY_URL/api/health"
name="smoke-$(date +%s).pdf"
az storage blob upload --only-show-errors --output none --auth-mode login --account-name "$AZURE_STORAGE_ACCOUNT_NAME" \
  --container-name incoming --name "$name" --file "${1:-samples/files/invoice-en.pdf}"
if [ -n "${INTRAY_CLIENT_ID:-}" ]; then # sign-in: this account needs the role Lead, Operator or Auditor
  access="Authorization: Bearer $(az account get-access-token --scope "$INTRAY_CLIENT_ID/.default" \
    --query accessToken --output tsv)"
elif [ -z "$AZURE_FUNCTION_APP_NAME" ]; then
  echo "The sample needs sign-in (INTRAY_CLIENT_ID) on a host other than functions. See 'Sign-in' in docs/deploy.md." >&2
  exit 1
else # allowKeys
  access="x-functions-key: $(az functionapp keys list --resource-group "$AZURE_RESOURCE_GROUP" \
    --name "$AZURE_FUNCTION_APP_NAME" --query functionKeys.default --output tsv)"
fi
curl --fail --silent --show-error --output /dev/null --header "$access" "$INTRAY_URL/api/documents?limit=1" || {
  echo "The API does not let this account look at documents. See 'Sign-in' in docs/deploy.md." >&2
  exit 1
}
find_state() { # of the sample; a page of documents may hold none of those that are looked for, and still have a next one
  cursor=
  while page=$(curl --fail --silent --header "$access" --get "$INTRAY_URL/api/documents" \
    --data-urlencode "q=$name" --data-urlencode "limit=500" --data-urlencode "cursor=$cursor"); do
    state=$(printf %s "$page" | jq -r '.items[0].run.state // ""')
    cursor=$(printf %s "$page" | jq -r '.next // ""')
    [ -z "$state" ] && [ -n "$cursor" ] || break
  done
  printf %s "${state:-not seen yet}"
}

attempt=1
while [ "$attempt" -le 40 ]; do
  state=
  state=$(find_state)
  echo "$name: $state"
  case $state in
  finalized | in_review) exit 0 ;;
  failed | held) break ;;
  esac
  attempt=$((attempt + 1))
  sleep 15
done
echo "The sample did not come through. See 'Uploads are not processed' in docs/deploy.md." >&2
exit 1
