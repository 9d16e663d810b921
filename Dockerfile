# The function app for Kubernetes and Container Apps: what the package holds, on the image of Azure Functions, not as
# root. Build it in the root of the repository: docker build --tag intray .
FROM mcr.microsoft.com/azure-functions/python:4-python3.13
COPY requirements.txt /tmp/requirements.txt
RUN python -m pip install --no-cache-dir --require-hashes --only-binary :all: --requirement /tmp/requirements.txt

COPY function_app.py host.json requirements.txt /home/site/wwwroot/
COPY functions /home/site/wwwroot/functions
COPY shared /home/site/wwwroot/shared

# The host writes below these folders only. Ports below 1024 are root's.
RUN useradd --system --create-home --home-dir /var/intray --uid 10001 intray \
    && mkdir -p /azure-functions-host/Secrets /FuncExtensionBundles \
    && chown -R intray /azure-functions-host/Secrets /FuncExtensionBundles
ENV AzureWebJobsScriptRoot=/home/site/wwwroot \
    AzureFunctionsJobHost__Logging__Console__IsEnabled=true \
    ASPNETCORE_URLS=http://+:8080 \
    HOME=/var/intray
USER 10001
EXPOSE 8080
